using System.Globalization;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;

namespace Coffer.DurabilityTests.Lanes;

/// <summary>One upload in pieces, and what was promised of it.</summary>
internal sealed class ResumedUpload(string bucket, string key, Content content)
{
    private static int _requests;
    private readonly List<(string RequestId, long Offset)> _promised = [];
    private readonly byte[] _bytes = content.Bytes();

    /// <summary>Null while its beginning was not answered.</summary>
    public string? Path { get; private set; }

    public int Promises => _promised.Count;

    public bool IsWhole => _promised.Count > 0 && _promised[^1].Offset == _bytes.Length;

    private string RequestId { get; set; } = "";

    /// <summary>Begins it, or sends its next piece from where the last promise ended.</summary>
    /// <returns>Whether an answer came.</returns>
    public async Task<bool> GoOnAsync(CofferProcess server, int pieceBytes)
    {
        RequestId = string.Create(CultureInfo.InvariantCulture, $"step-{10_000_000 + Interlocked.Increment(ref _requests)}");
        (string, string) id = ("x-request-id", RequestId);
        try
        {
            if (Path is null)
            {
                Answer begun = (await server.Api.BeginAsync(bucket, key, _bytes.Length, headers: [id])).Expect(201);
                Path = TusCalls.PathOf(begun);
                _promised.Add((RequestId, 0));
                return true;
            }

            int from = (int)_promised[^1].Offset;
            int end = Math.Min(_bytes.Length, from + pieceBytes);
            Answer appended = (await server.Api.AppendAsync(Path, from, _bytes[from..end], id)).Expect(204);
            Assert.Equal(end.ToString(CultureInfo.InvariantCulture), appended.Header("Upload-Offset"));
            _promised.Add((RequestId, end));
            return true;
        }
        catch (HttpRequestException)
        {
            return false; // the connection broke, with the server or without it
        }
    }

    /// <summary>
    /// What is wrong with it on this server; null when it is as promised. It is sent to its end for that, so that its staged bytes can
    /// be read.
    /// </summary>
    /// <param name="isAnswered">Which requests had been answered by the moment in question; null for all.</param>
    public async Task<string?> ProblemAsync(CofferProcess server, Func<string, bool>? isAnswered = null)
    {
        // Each request was sent after the answer to the one before.
        List<(string RequestId, long Offset)> kept = [.. _promised.TakeWhile(promise => isAnswered?.Invoke(promise.RequestId) != false)];
        if (kept.Count == 0)
        {
            return null;
        }

        Answer seen = await server.Api.LookAsync(Path!);
        if ((int)seen.Status != 200)
        {
            return $"{key} was promised up to {kept[^1].Offset}, but is answered {(int)seen.Status}";
        }

        long offset = long.Parse(seen.Header("Upload-Offset")!, CultureInfo.InvariantCulture);
        if (offset < kept[^1].Offset)
        {
            return $"{key} was promised up to {kept[^1].Offset}, but has {offset} bytes";
        }

        if (offset < _bytes.Length)
        {
            Answer last = await server.Api.AppendAsync(Path!, offset, _bytes[(int)offset..]);
            if ((int)last.Status != 204)
            {
                return $"{key} does not go on from {offset}: {(int)last.Status} {last.Text}";
            }
        }

        Answer read = await server.Api.ReadAsync(bucket, key);
        return (int)read.Status == 200 && read.Body.AsSpan().SequenceEqual(_bytes) ? null : $"{key} is not what was sent: {(int)read.Status}";
    }

    /// <summary>Takes what a look found for promised: a later cut must not take it away.</summary>
    public async Task SettleAsync(CofferProcess server)
    {
        if (Path is not null)
        {
            long offset = long.Parse((await server.Api.LookAsync(Path)).Expect(200).Header("Upload-Offset")!, CultureInfo.InvariantCulture);
            Assert.InRange(offset, _promised[^1].Offset, _bytes.Length);
            _promised.Add((RequestId, offset));
        }
    }
}
