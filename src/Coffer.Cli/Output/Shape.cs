using System.Globalization;
using System.Text.Json;
using Coffer.Cli.Input;
using Coffer.Cli.Transfers;
using Coffer.Client;

namespace Coffer.Cli.Output;

/// <summary>The three ways to print one kind of result: a row for people, an id for the next command, JSON for programs.</summary>
/// <param name="Columns">The table's headings; the last column may be of any width.</param>
internal sealed record Shape<T>(string[] Columns, Func<T, string[]> Row, Func<T, string> Id, Action<Utf8JsonWriter, T> Json);

internal static class Shapes
{
    public static Shape<ObjectView> Objects { get; } = new(
        ["ID", "SIZE", "STATE", $"CREATED ({Clock})", "EXPIRES", "ACCESS", "NAME"],
        static view =>
        [
            view.Id,
            view.SizeBytes is { } bytes ? Sizes.Show(bytes) : "-",
            view.State.Value,
            Time(view.CreatedAt),
            Time(view.DeleteAfter),
            view.IsPublic == true ? "public" : "private",
            view.Name,
        ],
        static view => view.Id,
        JsonShapes.Write);

    /// <summary>Objects whose visibility was changed: where they are to be found matters.</summary>
    public static Shape<ObjectView> Published { get; } = Objects with
    {
        Columns = ["ID", "ACCESS", "NAME", "URL"],
        Row = static view => [view.Id, view.IsPublic == true ? "public" : "private", view.Name, view.PublicUrl ?? "-"],
    };

    public static Shape<KeyView> Keys { get; } = new(
        ["ID", "ACCOUNT", "RIGHT", $"CREATED ({Clock})", "LAST USED", "REVOKED", "SUBJECT", "LABEL"],
        static key =>
        [
            key.Id, key.Account, key.Right.Value, Time(key.CreatedAtMs), Time(key.LastUsedAtMs), Time(key.RevokedAtMs),
            key.Subject ?? "-", key.IsCurrent ? $"{key.Label ?? "-"} (the one used here)" : key.Label ?? "-",
        ],
        static key => key.Id,
        JsonShapes.Write);

    /// <summary>Policies as the wire has them.</summary>
    public static Shape<JsonElement> Policies { get; } = new(
        ["TABLE", "EFFECT", "OPERATIONS", "BUCKET", "ROLES", "NAME"],
        static policy =>
        [
            Words(policy, "table"), Words(policy, "effect"), Words(policy, "operations"), Words(policy, "bucket"), Words(policy, "roles"), Words(policy, "name"),
        ],
        static policy => policy.GetProperty("name").GetString()!,
        static (json, policy) => policy.WriteTo(json));

    public static Shape<Bucket> Buckets { get; } = new(
        ["NAME", "ACCESS", "SIZE LIMIT", $"CREATED ({Clock})", "TYPES"],
        static bucket => [BucketLines.Names(bucket), BucketLines.Access(bucket), BucketLines.Limit(bucket), Time(bucket.CreatedAt), BucketLines.Types(bucket)],
        static bucket => bucket.Id,
        JsonShapes.Write);

    /// <summary>Files and folders of a bucket.</summary>
    public static Shape<BucketFile> Files { get; } = new(
        ["SIZE", $"CHANGED ({Clock})", "TYPE", "ADDRESS"],
        static file =>
        [
            file.Entry.Metadata?.SizeBytes is { } bytes ? Sizes.Show(bytes) : "-",
            Time(file.Entry.UpdatedAt),
            file.Entry.IsFolder ? "folder" : file.Entry.Metadata?.ContentType ?? "-",
            file.Address.ToString(),
        ],
        static file => file.Address.ToString(),
        JsonShapes.Write);

    /// <summary>What archives hold; a link with where it leads.</summary>
    public static Shape<ArchiveEntry> Entries { get; } = new(
        ["MODE", "SIZE", $"CHANGED ({Clock})", "KIND", "NAME"],
        static entry =>
        [
            entry.Mode ?? "-", entry.Kind == ArchiveEntryKind.Directory ? "-" : Sizes.Show(entry.SizeBytes), Time(entry.ModifiedAt), entry.Kind.Value,
            entry.Target is { } target ? $"{entry.Name} -> {target}" : entry.Name,
        ],
        static entry => entry.Name,
        JsonShapes.Write);

    public static Shape<DevboxView> Devboxes { get; } = new(
        ["ID", "STATUS", $"CREATED ({Clock})", "ENDED", "NAME"],
        static view => [view.Id, view.Status.Value, Time(view.CreatedAt), Time(view.EndedAt), view.Name ?? "-"],
        static view => view.Id,
        JsonShapes.Write);

    /// <summary>What was done to files, or would be.</summary>
    public static Shape<Step> Steps { get; } = new(
        ["ACTION", "SIZE", "FROM", "TO"],
        static step => [step.Action, step.SizeBytes is { } bytes ? Sizes.Show(bytes) : "-", step.From ?? "-", step.To],
        static step => step.To,
        JsonShapes.Write);

    public static Shape<AccountView> Accounts { get; } = new(
        ["NAME", $"CREATED ({Clock})"],
        static account => [account.Name, Time(account.CreatedAtMs)],
        static account => account.Name,
        JsonShapes.Write);

    /// <summary>Whose clock the times of a table are of; said once, in the heading of the first.</summary>
    private static string Clock => TimeZoneInfo.Local.BaseUtcOffset == TimeSpan.Zero && !TimeZoneInfo.Local.SupportsDaylightSavingTime ? "UTC" : "LOCAL";

    /// <summary>To the minute, in the clock of whoever reads it.</summary>
    public static string Time(DateTimeOffset? time) =>
        time?.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "-";

    /// <summary>The same with its distance from UTC, where it stands alone.</summary>
    public static string Moment(DateTimeOffset? time) =>
        time?.ToLocalTime().ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture) ?? "-";

    public static string Time(long? unixMs) => Time(unixMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null);

    private static string Words(JsonElement json, string member) => !json.TryGetProperty(member, out JsonElement value) ? "*"
        : value.ValueKind is JsonValueKind.Array ? string.Join(",", value.EnumerateArray().Select(static word => word.GetString()))
        : value.GetString() ?? "-";
}
