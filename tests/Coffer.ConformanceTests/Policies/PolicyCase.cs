using System.Text.Json;
using Coffer.Access;
using Coffer.Buckets;
using Coffer.Objects;
using Coffer.Policies;

namespace Coffer.ConformanceTests.Policies;

/// <summary>A call that policies decide about, said without any protocol, so that a dialect can be made to make it.</summary>
public sealed record PolicyCall(string Operation, PolicyVerbs Verbs, string Key)
{
    public string Bucket { get; init; } = "avatars";

    public string Role { get; init; } = "authenticated";

    public string? Subject { get; init; } = "u1";

    public string? Owner { get; init; }

    public string? MediaType { get; init; }

    public long? SizeBytes { get; init; }

    public string? Metadata { get; init; }

    /// <summary>Members of the token beside its role and subject; a JSON object.</summary>
    public string? Claims { get; init; }

    /// <summary>The key that the object is to have afterwards.</summary>
    public string? NewKey { get; init; }

    public static PolicyCall Download(string key) => new("object.get_authenticated", PolicyVerbs.Select, key);

    public static PolicyCall Upload(string key) => new("object.upload", PolicyVerbs.Insert, key);

    public static PolicyCall Upsert(string key) => new("object.upload_update", PolicyVerbs.Insert | PolicyVerbs.Select | PolicyVerbs.Update, key);

    public static PolicyCall Delete(string key) => new("object.delete", PolicyVerbs.Select | PolicyVerbs.Delete, key);

    public static PolicyCall Move(string key, string newKey) =>
        new("object.move", PolicyVerbs.Select | PolicyVerbs.Update, key) { NewKey = newKey };

    public Caller CallerOf(AccountId account) => new()
    {
        Account = account,
        Right = Right.Anon,
        TokenRole = Role,
        Subject = Subject,
        Claims = Claims is null ? null : JsonElement.Parse(Claims),
        Operation = Operation,
    };

    public PolicyRow Row() => new()
    {
        Bucket = Bucket,
        Key = Key,
        Owner = Owner ?? (Verbs.HasFlag(PolicyVerbs.Insert) ? Subject : null),
        MediaType = MediaType,
        SizeBytes = SizeBytes,
        Metadata = Metadata is null ? null : ObjectMetadata.FromStored(Metadata),
    };
}

/// <summary>Rules that people write, and calls that they are about.</summary>
/// <param name="Policies">As in docs/policies.md.</param>
public sealed record PolicyCase(string Name, string Policies, PolicyCall[] Allowed, PolicyCall[] Refused)
{
    public override string ToString() => Name;
}
