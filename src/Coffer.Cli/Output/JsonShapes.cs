using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Coffer.Cli.Transfers;
using Coffer.Client;

namespace Coffer.Cli.Output;

/// <summary>Answers as JSON, with the names of the wire.</summary>
/// <remarks>By hand: serializing by reflection would double the time that a small verb takes.</remarks>
internal static class JsonShapes
{
    /// <summary>Names stay readable; this JSON is never put into a web page.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Utf8JsonWriter json, ObjectView view)
    {
        json.WriteStartObject();
        WriteFields(json, view);
        json.WriteEndObject();
    }

    public static void WriteFields(Utf8JsonWriter json, ObjectView view)
    {
        json.WriteString("id", view.Id);
        json.WriteString("name", view.Name);
        json.WriteString("content_type", view.ContentType.Value);
        json.WriteString("mime_type", view.MimeType);
        json.WriteString("state", view.State.Value);
        json.WriteNumber("create_time_ms", view.CreateTimeMs);
        Time(json, "created_at", view.CreatedAt);
        Number(json, "size_bytes", view.SizeBytes);
        Number(json, "delete_after_time_ms", view.DeleteAfterTimeMs);
        Number(json, "last_access_time_ms", view.LastAccessTimeMs);
        json.WriteBoolean("is_public", view.IsPublic ?? false);
        json.WriteString("public_url", view.PublicUrl);
        Pairs(json, "metadata", view.Metadata);
        Extra(json, view.ExtraFields);
    }

    public static void Write(Utf8JsonWriter json, ArchiveEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("name", entry.Name);
        json.WriteString("kind", entry.Kind.Value);
        json.WriteNumber("size_bytes", entry.SizeBytes);
        json.WriteString("mode", entry.Mode);
        Time(json, "modified_at", entry.ModifiedAt);
        json.WriteNumber("modified_time_ms", entry.ModifiedTimeMs);
        json.WriteString("target", entry.Target);
        Extra(json, entry.ExtraFields);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, DevboxView view)
    {
        json.WriteStartObject();
        json.WriteString("id", view.Id);
        json.WriteString("name", view.Name);
        json.WriteString("status", view.Status.Value);
        json.WriteNumber("create_time_ms", view.CreateTimeMs);
        Time(json, "created_at", view.CreatedAt);
        Number(json, "end_time_ms", view.EndTimeMs);
        json.WriteString("failure_reason", view.FailureReason);
        json.WriteString("shutdown_reason", view.ShutdownReason);
        Pairs(json, "metadata", view.Metadata);
        json.WriteStartArray("state_transitions");
        foreach (DevboxTransition transition in view.StateTransitions)
        {
            json.WriteStartObject();
            json.WriteString("status", transition.Status.Value);
            Number(json, "transition_time_ms", transition.TransitionTimeMs);
            json.WriteString("failure_reason", transition.FailureReason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (view.LaunchParameters is { } launch)
        {
            json.WritePropertyName("launch_parameters");
            launch.WriteTo(json);
        }

        Extra(json, view.ExtraFields);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ExecutionView view, string output, string errors)
    {
        json.WriteStartObject();
        json.WriteString("devbox_id", view.DevboxId);
        json.WriteString("execution_id", view.ExecutionId);
        json.WriteString("status", view.Status.Value);
        Number(json, "exit_status", view.ExitStatus);
        json.WriteString("stdout", output);
        json.WriteString("stderr", errors);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, string id, ObjectDownloadUrl link)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("download_url", link.DownloadUrl);
        json.WriteString("url", link.Url);
        Time(json, "expires_at", link.ExpiresAt);
        Number(json, "expires_at_ms", link.ExpiresAtMs);
        Number(json, "expires_in_seconds", link.ExpiresInSeconds);
        Extra(json, link.ExtraFields);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, KeyView key)
    {
        json.WriteStartObject();
        json.WriteString("id", key.Id);
        json.WriteString("account", key.Account);
        json.WriteString("right", key.Right.Value);
        json.WriteString("label", key.Label);
        json.WriteString("subject", key.Subject);
        json.WriteNumber("created_at_ms", key.CreatedAtMs);
        Number(json, "last_used_at_ms", key.LastUsedAtMs);
        Number(json, "revoked_at_ms", key.RevokedAtMs);
        json.WriteBoolean("is_current", key.IsCurrent);
        Extra(json, key.ExtraFields);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, CreatedKey key)
    {
        json.WriteStartObject();
        json.WriteString("id", key.Id);
        json.WriteString("token", key.Token);
        json.WriteString("jwt", key.WebToken);
        json.WriteString("account", key.Account);
        json.WriteString("right", key.Right.Value);
        json.WriteString("label", key.Label);
        json.WriteString("subject", key.Subject);
        json.WriteNumber("created_at_ms", key.CreatedAtMs);
        Extra(json, key.ExtraFields);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Bucket bucket)
    {
        json.WriteStartObject();
        json.WriteString("id", bucket.Id);
        json.WriteString("name", bucket.Name);
        json.WriteString("owner", bucket.Owner);
        json.WriteBoolean("public", bucket.IsPublic);
        Number(json, "file_size_limit", bucket.FileSizeLimitBytes);
        if (bucket.AllowedMimeTypes is { } types)
        {
            Texts(json, "allowed_mime_types", types);
        }
        else
        {
            json.WriteNull("allowed_mime_types");
        }

        Time(json, "created_at", bucket.CreatedAt);
        Time(json, "updated_at", bucket.UpdatedAt);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, BucketFile file)
    {
        json.WriteStartObject();
        json.WriteString("address", file.Address.ToString());
        json.WriteString("bucket", file.Address.Bucket);
        json.WriteString("key", file.Address.Key);
        json.WriteBoolean("is_folder", file.Entry.IsFolder);
        json.WriteString("id", file.Entry.Id);
        Number(json, "size_bytes", file.Entry.Metadata?.SizeBytes);
        json.WriteString("mime_type", file.Entry.Metadata?.ContentType);
        json.WriteString("etag", file.Entry.Metadata?.ETag);
        json.WriteString("cache_control", file.Entry.Metadata?.CacheControl);
        Time(json, "created_at", file.Entry.CreatedAt);
        Time(json, "updated_at", file.Entry.UpdatedAt);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Step step)
    {
        json.WriteStartObject();
        json.WriteString("action", step.Action);
        json.WriteString("from", step.From);
        json.WriteString("to", step.To);
        Number(json, "size_bytes", step.SizeBytes);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, AccountView account)
    {
        json.WriteStartObject();
        json.WriteString("name", account.Name);
        json.WriteNumber("created_at_ms", account.CreatedAtMs);
        Extra(json, account.ExtraFields);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ReapView reaped)
    {
        json.WriteStartObject();
        json.WriteNumber("removed", reaped.Removed);
        json.WriteBoolean("holding", reaped.Holding);
        Extra(json, reaped.ExtraFields);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, PolicyExplanation told)
    {
        json.WriteStartObject();
        if (told.Id is not null)
        {
            json.WriteString("id", told.Id);
            Number(json, "decided_at_ms", told.DecidedAtMs);
        }

        json.WriteBoolean("allowed", told.Allowed);
        json.WriteString("reason", told.Reason);
        json.WriteString("operation", told.Operation);
        Texts(json, "verbs", told.Verbs);
        json.WriteStartObject("caller");
        json.WriteString("role", told.Caller?.Role);
        json.WriteString("subject", told.Caller?.Subject);
        json.WriteString("key", told.Caller?.Key);
        json.WriteEndObject();
        json.WriteString("bucket", told.Bucket);
        json.WriteString("key", told.Key);
        Elements(json, "verdicts", told.Verdicts);
        Elements(json, "suggested", told.Suggested);
        Extra(json, told.ExtraFields);
        json.WriteEndObject();
    }

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void Elements(Utf8JsonWriter json, string name, IReadOnlyList<JsonElement> elements)
    {
        json.WriteStartArray(name);
        foreach (JsonElement element in elements)
        {
            element.WriteTo(json);
        }

        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Time(Utf8JsonWriter json, string name, DateTimeOffset? value) =>
        json.WriteString(name, value?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));

    private static void Pairs(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string>? pairs)
    {
        if (pairs is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        foreach ((string key, string value) in pairs)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void Extra(Utf8JsonWriter json, IDictionary<string, JsonElement>? fields)
    {
        foreach ((string name, JsonElement value) in fields ?? new Dictionary<string, JsonElement>())
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
    }
}
