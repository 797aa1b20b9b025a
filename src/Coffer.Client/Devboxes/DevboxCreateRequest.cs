using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>What a new devbox is to be. What is left null is left to the server.</summary>
/// <remarks>Source: Devboxes API, create parameters.</remarks>
public sealed record DevboxCreateRequest
{
    /// <summary>The display name. Need not be unique.</summary>
    public string? Name { get; init; }

    /// <summary>What is mounted, in this order: later ones go over earlier ones. Null for nothing.</summary>
    public IReadOnlyList<DevboxMount>? Mounts { get; init; }

    /// <summary>Variables of its commands; never shown again.</summary>
    public IReadOnlyDictionary<string, string>? EnvironmentVariables { get; init; }

    /// <summary>Pairs of your own, as objects have them.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>
    /// When it is shut down by itself, counted from creation; null for the server's hour. Sent in whole seconds, a fraction rounded up;
    /// Coffer takes up to 48 hours.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    [JsonIgnore]
    public TimeSpan? KeepAlive { get; init => field = Positive(value); }

    [JsonInclude, JsonPropertyName("launch_parameters")]
    internal LaunchParameters? Launch => Lifetime.Seconds(KeepAlive) is { } seconds ? new(seconds) : null;

    private static TimeSpan? Positive(TimeSpan? value)
    {
        if (value is { } duration)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero, nameof(value));
        }

        return value;
    }

    internal sealed record LaunchParameters(long KeepAliveTimeSeconds);
}
