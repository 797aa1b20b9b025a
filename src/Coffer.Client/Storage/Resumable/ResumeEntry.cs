using System.Security.Cryptography;
using System.Text;

namespace Coffer.Client;

/// <summary>
/// One upload's place in a resume store; none at all when there is no store, or nothing to tell the content by.
/// </summary>
internal sealed class ResumeEntry(IResumeStore? store, string? fingerprint, string uploadsUrl)
{
    private readonly IResumeStore? _store = fingerprint is null ? null : store;

    /// <summary>Tells one content for one key of one server from every other.</summary>
    public static string Fingerprint(params ReadOnlySpan<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));

    /// <summary>The id of the upload to go on with; null when none is kept.</summary>
    public async ValueTask<string?> FindAsync(bool async, CancellationToken cancellationToken)
    {
        string? url = _store is null ? null
            : async ? await _store.FindAsync(fingerprint!, cancellationToken).ConfigureAwait(false)
            : _store.Find(fingerprint!, cancellationToken);
        return url?.StartsWith($"{uploadsUrl}/", StringComparison.Ordinal) == true ? TusAnswer.IdIn(url) : null;
    }

    public async ValueTask KeepAsync(bool async, string id, CancellationToken cancellationToken)
    {
        if (_store is not null && async)
        {
            await _store.KeepAsync(fingerprint!, $"{uploadsUrl}/{id}", cancellationToken).ConfigureAwait(false);
        }
        else
        {
            _store?.Keep(fingerprint!, $"{uploadsUrl}/{id}", cancellationToken);
        }
    }

    public async ValueTask ForgetAsync(bool async, CancellationToken cancellationToken)
    {
        if (_store is not null && async)
        {
            await _store.ForgetAsync(fingerprint!, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            _store?.Forget(fingerprint!, cancellationToken);
        }
    }
}
