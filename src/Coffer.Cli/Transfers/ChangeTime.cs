using System.Globalization;
using System.Text.Json.Nodes;

namespace Coffer.Cli.Transfers;

/// <summary>
/// The time of change of a file here, kept with what became of it in a bucket: the server's own time is of the upload's end, by
/// another clock, and says nothing about a file that was changed meanwhile or carries an old time.
/// </summary>
internal static class ChangeTime
{
    /// <summary>The pair of the metadata that holds it, in UTC, to the tenth of a microsecond.</summary>
    public const string Name = "coffer_mtime";

    public static string Text(DateTime changed) => changed.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    /// <summary>Null where none is kept, as by an upload of anything else than <c>sync</c>.</summary>
    public static DateTime? In(JsonObject? metadata) =>
        metadata?[Name] is JsonValue value && value.TryGetValue(out string? text)
        && DateTime.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTime changed)
            ? changed.ToUniversalTime()
            : null;
}
