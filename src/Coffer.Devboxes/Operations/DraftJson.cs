using System.Text;
using System.Text.Json;
using Coffer.Devboxes.Mounts;
using Coffer.Http;
using Coffer.Objects;

namespace Coffer.Devboxes.Operations;

/// <summary>The body that asks for a devbox.</summary>
internal static class DraftJson
{
    private const int MaxMounts = 100;
    private const int MaxVariables = 256;
    private const int MaxVariableBytes = 64 << 10; // all together: the system takes 128 KiB for one command
    private const int MaxLaunchLength = 64 << 10;
    private static readonly string[] Elsewhere = ["blueprint_id", "blueprint_name", "snapshot_id"];

    /// <exception cref="StoreException">InvalidArgument, naming the member.</exception>
    public static DevboxDraft Read(JsonBody body)
    {
        foreach (string member in Elsewhere)
        {
            if (body.Json(member) is not null)
            {
                throw Invalid($"{member} is not supported: this server makes devboxes of mounts alone");
            }
        }

        string? name = body.Text("name");
        if (name is not null)
        {
            ObjectRules.CheckName(name);
        }

        JsonElement? launch = body.Object("launch_parameters");
        return new DevboxDraft
        {
            Name = name,
            Metadata = MetadataJson.Read(body),
            Environment = EnvironmentOf(body),
            LaunchJson = launch is { } given ? LaunchOf(given) : "{}",
            KeepAlive = TimeSpan.FromSeconds(launch is { } parameters ? KeepAliveOf(parameters) : DevboxDraft.DefaultKeepAliveSeconds),
            Mounts = MountsOf(body),
        };
    }

    private static Dictionary<string, string> EnvironmentOf(JsonBody body)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        int bytes = 0;
        foreach (JsonProperty member in body.Members("environment_variables") ?? default)
        {
            string value = JsonBody.TextOf(member.Value, $"environment_variables.{member.Name}");
            if (member.Name.Length == 0 || member.Name.AsSpan().ContainsAny('=', '\0') || value.Contains('\0', StringComparison.Ordinal))
            {
                throw Invalid("environment_variables holds an empty name, one with =, or a NUL");
            }

            variables[member.Name] = value;
            bytes += Encoding.UTF8.GetByteCount(member.Name) + Encoding.UTF8.GetByteCount(value) + 2;
        }

        return variables.Count <= MaxVariables && bytes <= MaxVariableBytes
            ? variables
            : throw Invalid($"environment_variables holds more than {MaxVariables} variables, or {MaxVariableBytes} bytes");
    }

    private static string LaunchOf(JsonElement launch)
    {
        if (!IsText(launch))
        {
            throw Invalid("launch_parameters holds half a surrogate pair");
        }

        string json = JsonSerializer.Serialize(launch); // without white space
        return json.Length <= MaxLaunchLength ? json : throw Invalid($"launch_parameters is longer than {MaxLaunchLength} characters");
    }

    /// <summary>Whether every name and every string can be written down in UTF-8.</summary>
    private static bool IsText(JsonElement json)
    {
        try
        {
            return json.ValueKind switch
            {
                JsonValueKind.String => json.GetString() is not null,
                JsonValueKind.Array => json.EnumerateArray().All(IsText),
                JsonValueKind.Object => json.EnumerateObject().All(static member => member.Name is not null && IsText(member.Value)),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false; // how the reader says it
        }
    }

    private static long KeepAliveOf(JsonElement launch)
    {
        const string name = "keep_alive_time_seconds";
        if (!launch.TryGetProperty(name, out JsonElement value) || value.ValueKind is JsonValueKind.Null)
        {
            return DevboxDraft.DefaultKeepAliveSeconds;
        }

        return value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out long seconds) && seconds is >= 1 and <= DevboxDraft.MaxKeepAliveSeconds
            ? seconds
            : throw Invalid($"launch_parameters.{name} is no whole number from 1 to {DevboxDraft.MaxKeepAliveSeconds}");
    }

    /// <summary>Files of the map come first, then the list; each in its order.</summary>
    private static List<MountRequest> MountsOf(JsonBody body)
    {
        var mounts = new List<MountRequest>();
        foreach (JsonProperty file in body.Members("file_mounts") ?? default)
        {
            string label = $"file_mounts[\"{Shown(file.Name)}\"]";
            mounts.Add(new FileMountRequest(label, JsonBody.TextOf(file.Value, label), FilePath(file.Name, label)));
        }

        if (body.Json("mounts") is { } list)
        {
            if (list.ValueKind is not JsonValueKind.Array)
            {
                throw Invalid("mounts is not an array");
            }

            int index = 0;
            foreach (JsonElement mount in list.EnumerateArray())
            {
                mounts.Add(MountOf(mount, $"mounts[{index++}]"));
            }
        }

        return mounts.Count <= MaxMounts ? mounts : throw Invalid($"a devbox has at most {MaxMounts} mounts");
    }

    private static MountRequest MountOf(JsonElement mount, string label)
    {
        if (mount.ValueKind is not JsonValueKind.Object)
        {
            throw Invalid($"{label} is not an object");
        }

        string type = Text(mount, "type", label);
        return type switch
        {
            "object_mount" => new ObjectMountRequest(
                label, Text(mount, "object_id", label), MountPath.Parse(Text(mount, "object_path", label), $"{label}.object_path")),
            "file_mount" => new FileMountRequest(label, Text(mount, "content", label), FilePath(Text(mount, "target", label), $"{label}.target")),
            _ => throw Invalid($"{label}.type \"{Shown(type)}\" is not supported: object_mount and file_mount are"),
        };
    }

    private static MountPath FilePath(string path, string member)
    {
        MountPath parsed = MountPath.Parse(path, member);
        return parsed.IsFolder || parsed.Inside.Length == 0 ? throw Invalid($"{member} names a folder, not a file") : parsed;
    }

    private static string Text(JsonElement mount, string name, string label)
    {
        try
        {
            return mount.TryGetProperty(name, out JsonElement value) && value.ValueKind is not JsonValueKind.Null
                ? JsonBody.TextOf(value, $"{label}.{name}")
                : throw Invalid($"{label}.{name} is required");
        }
        catch (InvalidOperationException)
        {
            throw Invalid($"a member's name in {label} is not well-formed Unicode");
        }
    }

    private static string Shown(string text) =>
        string.Concat((text.Length <= 64 ? text : text[..64] + "…").Select(static character => char.IsControl(character) ? '?' : character));

    private static StoreException Invalid(string message) => new(StoreErrorCode.InvalidArgument, message);
}
