using Coffer.Devboxes.Mounts;
using Coffer.Objects;

namespace Coffer.Devboxes;

/// <summary>What a devbox is to be.</summary>
public sealed record DevboxDraft
{
    public const int DefaultKeepAliveSeconds = 3600;
    public const int MaxKeepAliveSeconds = 172_800;

    public string? Name { get; init; }

    public ObjectMetadata? Metadata { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>A JSON object, shown as it was given.</summary>
    public string LaunchJson { get; init; } = "{}";

    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(DefaultKeepAliveSeconds);

    /// <summary>Mounted in this order: what comes later replaces what was there.</summary>
    public IReadOnlyList<MountRequest> Mounts { get; init; } = [];
}
