using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Devboxes.Roots;

/// <summary>
/// How a devbox has one of its trees; kept in its folder, from which the next start of the server attaches it again.
/// </summary>
/// <param name="Path">Where it is inside the devbox.</param>
/// <param name="Shared">The shared tree that it uses; null when it shares none.</param>
/// <param name="Boot">The run of the machine in which it was made.</param>
internal sealed record Attachment(int Number, string Path, string? Shared, CopyOnWriteWay Way, string Boot)
{
    private const string Prefix = "mount-";
    private const string SettledExtension = ".settled";

    public void Write(DevboxRoot devbox) =>
        DurableFile.Write(Name(devbox, ".json"), JsonSerializer.SerializeToUtf8Bytes(this, RootsJson.Default.Attachment));

    /// <summary>Whether the copies are known to be durable; an overlay needs no such mark.</summary>
    public bool IsSettled(DevboxRoot devbox) => File.Exists(Name(devbox, SettledExtension));

    public void SettleLater(DevboxRoot devbox, Settling settling) =>
        settling.Later(devbox.Folder, System.IO.Path.GetFileName(Name(devbox, SettledExtension)));

    /// <summary>Where the tree of an overlay is that is not shared.</summary>
    public static string OwnTree(DevboxRoot devbox, int number) =>
        System.IO.Path.Combine(devbox.Folder, string.Create(CultureInfo.InvariantCulture, $"tree-{number}"));

    /// <summary>All of a devbox, in the order in which they were made.</summary>
    /// <exception cref="JsonException">Somebody else has written there.</exception>
    public static IReadOnlyList<Attachment> Of(DevboxRoot devbox) => !Directory.Exists(devbox.Folder)
        ? []
        : [.. Directory.EnumerateFiles(devbox.Folder, $"{Prefix}*.json")
            .Select(path => JsonSerializer.Deserialize(File.ReadAllBytes(path), RootsJson.Default.Attachment)!)
            .OrderBy(attachment => attachment.Number)];

    private string Name(DevboxRoot devbox, string extension) =>
        System.IO.Path.Combine(devbox.Folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Number}{extension}"));
}

[JsonSerializable(typeof(Attachment))]
[JsonSerializable(typeof(TreeState))]
internal sealed partial class RootsJson : JsonSerializerContext;
