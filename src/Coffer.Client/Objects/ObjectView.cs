using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>What the server says about one object at one moment.</summary>
/// <remarks>
/// Fields that this version does not know stay readable in <see cref="ExtraFields"/>. Fields marked "Coffer" are absent, and so
/// null or false, when another service answers. Source: Objects API, ObjectView.
/// </remarks>
public sealed record ObjectView
{
    /// <summary>The identifier, such as <c>obj_…</c>; never empty.</summary>
    [JsonRequired, JsonConverter(typeof(NeverEmpty))]
    public string Id { get; init; } = "";

    /// <summary>The display name. Not unique, and not a path.</summary>
    public string Name { get; init; } = "";

    /// <summary>One of the six classes; a MIME type is in <see cref="MimeType"/>.</summary>
    public ObjectContentType ContentType { get; init; }

    /// <summary>Where the object is in its life.</summary>
    public ObjectState State { get; init; }

    /// <summary>When the object was created, in milliseconds since 1970-01-01 UTC.</summary>
    public long CreateTimeMs { get; init; }

    /// <summary>The size in bytes; null until the upload is complete.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>When the object's lifetime ends, in milliseconds since 1970-01-01 UTC; null when it has no end.</summary>
    public long? DeleteAfterTimeMs { get; init; }

    /// <summary>The pairs given at creation; null when none were.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Where the bytes are to be PUT, without a key. Only in the answer to a create; null everywhere else.</summary>
    /// <remarks>Text and not a <see cref="Uri"/>, whose printed form would undo escapes and so break the signature.</remarks>
    public string? UploadUrl { get; init; }

    /// <summary>Coffer: whether anyone may read the object once it is complete.</summary>
    public bool? IsPublic { get; init; }

    /// <summary>
    /// Coffer: the address that serves a public object's bytes without a key; null while the object is private.
    /// </summary>
    public string? PublicUrl { get; init; }

    /// <summary>Coffer: the MIME type given at creation; null when a class word was given.</summary>
    public string? MimeType { get; init; }

    /// <summary>
    /// Coffer: about when the bytes were last read, in milliseconds since 1970-01-01 UTC; null when never, or unknown.
    /// </summary>
    public long? LastAccessTimeMs { get; init; }

    /// <summary>When the object was created, UTC; the same instant as <see cref="CreateTimeMs"/>.</summary>
    [JsonIgnore]
    public DateTimeOffset CreatedAt => DateTimeOffset.FromUnixTimeMilliseconds(CreateTimeMs);

    /// <summary>When the object's lifetime ends, UTC; null when it has no end.</summary>
    [JsonIgnore]
    public DateTimeOffset? DeleteAfter => Instant(DeleteAfterTimeMs);

    /// <summary>Coffer: about when the bytes were last read, UTC; null when never, or unknown.</summary>
    [JsonIgnore]
    public DateTimeOffset? LastAccessedAt => Instant(LastAccessTimeMs);

    /// <summary>Every field of the answer that has no property here, by its name on the wire; null when there is none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtraFields { get; set; }

    // The instant of create_time_ms once more, as text; named here so that it is no unknown field.
    [JsonInclude, JsonPropertyName("created_at")]
    internal JsonElement? CreatedAtOnTheWire { get; set; }

    private static DateTimeOffset? Instant(long? unixMs) => unixMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
}
