using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>What the server says about one devbox at one moment.</summary>
/// <remarks>
/// Fields that this version does not know stay readable in <see cref="ExtraFields"/>. Source: Devboxes API, DevboxView.
/// </remarks>
public sealed record DevboxView
{
    /// <summary>The identifier, such as <c>dbx_…</c>; never empty.</summary>
    [JsonRequired, JsonConverter(typeof(NeverEmpty))]
    public string Id { get; init; } = "";

    /// <summary>The display name; null when none was given.</summary>
    public string? Name { get; init; }

    /// <summary>Where the devbox is in its life.</summary>
    public DevboxStatus Status { get; init; }

    /// <summary>When it was created, in milliseconds since 1970-01-01 UTC.</summary>
    public long CreateTimeMs { get; init; }

    /// <summary>When it ended, in milliseconds since 1970-01-01 UTC; null until then.</summary>
    public long? EndTimeMs { get; init; }

    /// <summary>Why it is in <see cref="DevboxStatus.Failure"/>, such as <c>out_of_disk</c>; null otherwise.</summary>
    public string? FailureReason { get; init; }

    /// <summary>Why it was shut down: <c>api_shutdown</c>, <c>keep_alive_timeout</c>; null otherwise.</summary>
    public string? ShutdownReason { get; init; }

    /// <summary>What this server's devboxes can do beyond the usual; empty on Coffer.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>The launch parameters as they were given, the keep-alive among them.</summary>
    public JsonElement? LaunchParameters { get; init; }

    /// <summary>The pairs given at creation; empty when none were.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Every status so far, oldest first.</summary>
    public IReadOnlyList<DevboxTransition> StateTransitions { get; init; } = [];

    /// <summary>When it was created, UTC; the same instant as <see cref="CreateTimeMs"/>.</summary>
    [JsonIgnore]
    public DateTimeOffset CreatedAt => DateTimeOffset.FromUnixTimeMilliseconds(CreateTimeMs);

    /// <summary>When it ended, UTC; null until then.</summary>
    [JsonIgnore]
    public DateTimeOffset? EndedAt => EndTimeMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    /// <summary>Every field of the answer that has no property here, by its name on the wire; null when there is none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtraFields { get; set; }
}

/// <summary>A status that a devbox came into.</summary>
/// <remarks>Source: Devboxes API, state_transitions.</remarks>
public sealed record DevboxTransition
{
    /// <summary>The status.</summary>
    public DevboxStatus Status { get; init; }

    /// <summary>When, in milliseconds since 1970-01-01 UTC; null when the server left it out.</summary>
    public long? TransitionTimeMs { get; init; }

    /// <summary>Why, when the status is a failure; null otherwise.</summary>
    public string? FailureReason { get; init; }
}
