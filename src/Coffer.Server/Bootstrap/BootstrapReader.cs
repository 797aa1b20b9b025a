using System.Buffers;
using System.Text.Json;
using Coffer.Access;
using Coffer.Policies;

namespace Coffer.Server.Bootstrap;

/// <summary>Reads the bootstrap file's JSON. Whatever is not as it has to be is refused by its place, in words for who wrote the file.</summary>
internal static class BootstrapReader
{
    /// <exception cref="BootstrapMemberException">A member is unknown, missing, of a wrong type, or not one of the words it may be.</exception>
    public static BootstrapFile Read(JsonElement json, string path)
    {
        BootstrapMember root = new BootstrapMember(json, "").Object("""{ "accounts": [ ] }""", "accounts", "buckets", "policies");
        return new BootstrapFile
        {
            Path = path,
            Accounts = [.. root["accounts"].List().Select(AccountOf)],
            Buckets = [.. root["buckets"].List().Select(BucketOf)],
            Policies = [.. root["policies"].List().Select(PolicyOf)],
        };
    }

    private static BootstrapAccount AccountOf(BootstrapMember entry)
    {
        entry.Object("""{ "name": "team-b" }""", "name", "jwtSecret", "jwks", "keys");
        BootstrapMember keySet = entry["jwks"];
        bool isElsewhere = keySet.Json.ValueKind is JsonValueKind.String;
        return new BootstrapAccount(
            entry["name"].RequiredText(),
            entry["jwtSecret"].Text(),
            [.. entry["keys"].List().Select(KeyOf)],
            keySet.IsAbsent ? null
                : isElsewhere ? keySet.Text()
                : keySet.Json.ValueKind is JsonValueKind.Object ? keySet.Json.GetRawText()
                : throw keySet.Not("a key set, or a text that names where one is, such as file:/etc/coffer/keys.json"),
            isElsewhere);
    }

    private static BootstrapKey KeyOf(BootstrapMember entry)
    {
        entry.Object("""{ "token": "env:TOKEN", "right": "service" }""", "token", "right", "label", "subject");
        return new BootstrapKey(
            entry["token"].RequiredText(), RightOf(entry["right"]), entry["label"].Text(), entry["subject"].Text());
    }

    private static Right RightOf(BootstrapMember right) => right.RequiredText().ToLowerInvariant() switch
    {
        "service" => Right.Service,
        "authenticated" => Right.Authenticated,
        "anon" => Right.Anon,
        "operator" => throw right.Wrong("is operator, which no account's key has; set COFFER_OPERATOR_KEY"),
        _ => throw right.Wrong("is no right; it is service, authenticated or anon"),
    };

    private static BootstrapBucket BucketOf(BootstrapMember entry)
    {
        entry.Object("""{ "name": "avatars" }""", "name", "account", "public", "fileSizeLimit", "allowedMimeTypes");
        return new BootstrapBucket(
            entry["name"].RequiredText(),
            entry["account"].Text() ?? Account.DefaultName,
            entry["public"].Flag(),
            entry["fileSizeLimit"].WholeNumber(),
            [.. entry["allowedMimeTypes"].List().Select(static type => type.Text()).OfType<string>()]);
    }

    /// <summary>The rule is read to see whether it can be; of whose account it is, only this file says.</summary>
    private static BootstrapPolicy PolicyOf(BootstrapMember entry)
    {
        if (entry.Json.ValueKind is not JsonValueKind.Object)
        {
            throw entry.Not("""an object, such as { "preset": "own-folder", "bucket": "avatars" }""");
        }

        try
        {
            JsonElement rule = WithoutAccount(entry.Json);
            PolicyReader.ReadEntry(rule, entry.Where);
            return new BootstrapPolicy(entry["account"].Text() ?? Account.DefaultName, rule);
        }
        catch (StoreException refused)
        {
            // It begins with the member's place; where that does not, the entry is near enough.
            string place = refused.Message.Split(' ')[0];
            throw place.StartsWith(entry.Where, StringComparison.Ordinal)
                ? new BootstrapMemberException(place, refused.Message)
                : entry.Wrong($"cannot be read: {refused.Message}");
        }
        catch (InvalidOperationException) // what the JSON reader says of half a character
        {
            throw entry.Wrong("holds half of a character, or the file is not UTF-8");
        }
    }

    private static JsonElement WithoutAccount(JsonElement entry)
    {
        var rest = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(rest))
        {
            json.WriteStartObject();
            foreach (JsonProperty member in entry.EnumerateObject().Where(static member => !member.NameEquals("account"u8)))
            {
                member.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return JsonElement.Parse(rest.WrittenSpan);
    }
}
