using System.Collections.Concurrent;

namespace Coffer.Client;

/// <summary>Remembers unfinished uploads for as long as the process lives.</summary>
public sealed class MemoryResumeStore : IResumeStore
{
    private readonly ConcurrentDictionary<string, string> _urls = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string? Find(string fingerprint, CancellationToken cancellationToken = default) =>
        _urls.GetValueOrDefault(fingerprint);

    /// <inheritdoc/>
    public void Keep(string fingerprint, string uploadUrl, CancellationToken cancellationToken = default) =>
        _urls[fingerprint] = uploadUrl;

    /// <inheritdoc/>
    public void Forget(string fingerprint, CancellationToken cancellationToken = default) => _urls.TryRemove(fingerprint, out _);
}
