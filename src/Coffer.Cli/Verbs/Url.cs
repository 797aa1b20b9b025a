using System.CommandLine;
using System.Text.Json;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer url ID</c> or <c>BUCKET/KEY</c>: makes a link that works without a key until it expires.</summary>
internal static class Url
{
    public static Command Command()
    {
        Argument<string> what = Inputs.IdOrAddress();
        Option<TimeSpan?> expires = Durations.Option(
            "--expires", "How long the link works, at most 7d; an hour when nothing is said.", "1h", Refusal);
        var isPublic = new Option<bool>("--public") { Description = "The address at which a file of a public bucket stays." };
        var verb = new Verb(
            "url",
            "Make a link that anyone can use until it expires.",
            "coffer url obj_… --expires 7d",
            "curl \"$(coffer url obj_…)\"",
            "coffer url reports/2031/table.csv --expires 15m",
            "coffer url avatars/anna.png --public")
        {
            what, expires, isPublic,
        };
        return verb.Runs(async session =>
        {
            TimeSpan? time = session.Value(expires);
            if (session.Value(isPublic) && time is not null)
            {
                throw new UsageException("a public address does not expire; leave out --expires or --public");
            }

            if (Place.AddressIn(session.Value(what))?.WholeKey() is { } address)
            {
                await OfFileAsync(session, address, time ?? TimeSpan.FromHours(1), session.Value(isPublic));
            }
            else if (session.Value(isPublic))
            {
                throw new UsageException("--public is for bucket/key; `coffer publish` makes an object public and shows where it is");
            }
            else
            {
                await OfObjectAsync(session, session.Value(what), time);
            }
        });
    }

    private static async Task OfObjectAsync(Session session, string id, TimeSpan? expires)
    {
        ObjectDownloadUrl link = await session.Client.Objects.GetDownloadUrlAsync(id, expires, cancellationToken: session.Cancelled);
        Print(session, link.DownloadUrl, json => JsonShapes.Write(json, id, link));
    }

    private static async Task OfFileAsync(Session session, BucketAddress address, TimeSpan expires, bool isPublic)
    {
        StorageClient storage = session.Client.Storage;
        BucketFiles files = storage.From(address.Bucket);
        if (isPublic && !(await storage.GetBucketAsync(address.Bucket, cancellationToken: session.Cancelled)).IsPublic)
        {
            throw new RefusedException(
                $"the bucket '{address.Bucket}' is private; leave out --public, or open it with `coffer bucket update {address.Bucket} --public`");
        }

        string link = isPublic
            ? files.GetPublicUrl(address.Key)
            : await files.CreateSignedUrlAsync(address.Key, expires, cancellationToken: session.Cancelled);
        Print(session, link, json =>
        {
            json.WriteStartObject();
            json.WriteString("address", address.ToString());
            json.WriteString("url", link);
            if (isPublic)
            {
                json.WriteNull("expires_in_seconds");
            }
            else
            {
                json.WriteNumber("expires_in_seconds", (long)Math.Ceiling(expires.TotalSeconds));
            }

            json.WriteEndObject();
        });
    }

    private static void Print(Session session, string link, Action<Utf8JsonWriter> json) =>
        session.Out.Line(session.Out.IsJson ? ResultOutput.Json(json) : link);

    // The server would cut a longer time, and take none for an hour: a link that differs from what was asked for without a word.
    private static string? Refusal(TimeSpan expires, string text) =>
        expires > TimeSpan.FromDays(7)
            ? "a link lives at most 7d; write --expires 7d, or open it for good: an object with `coffer publish`, a bucket with `coffer bucket update --public`"
        : expires == TimeSpan.Zero ? $"--expires {text} is no time at all; write for example --expires 15m"
        : null;
}
