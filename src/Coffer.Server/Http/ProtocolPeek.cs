using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Coffer.Server.Http;

/// <summary>
/// Tells HTTP/2 with prior knowledge from HTTP/1.1 by the first bytes of a cleartext connection, without consuming them.
/// </summary>
/// <remarks>RFC 9113 §3.4: the client preface begins <c>PRI * HTTP/2.0</c>, which no HTTP/1.1 client sends.</remarks>
internal sealed class ProtocolPeek(ConnectionDelegate http1, Handover http2, TimeSpan silenceLimit)
{
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2"u8;

    public async Task OnConnectionAsync(ConnectionContext connection)
    {
        await (await SpeaksHttp2Async(connection) ? http2.ServeAsync(connection) : http1(connection));
    }

    /// <summary>Reads until the bytes match or differ; a client that stays silent is HTTP/1.1, whose timeouts then apply.</summary>
    private async Task<bool> SpeaksHttp2Async(ConnectionContext connection)
    {
        CancellationToken closing =
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(closing);
        patience.CancelAfter(silenceLimit);

        PipeReader input = connection.Transport.Input;
        long examined = 0;
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync(patience.Token);
                bool? isPreface = IsPreface(read.Buffer);
                if (isPreface is null && !read.IsCompleted)
                {
                    examined = read.Buffer.Length;
                    input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                    continue;
                }

                // What arrived last stays unexamined, so that the endpoint's first read returns at once.
                input.AdvanceTo(read.Buffer.Start, read.Buffer.GetPosition(examined));
                return isPreface ?? false;
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (IOException)
        {
            // The client reset the connection; the HTTP/1.1 endpoint finds out the same way and ends it.
            return false;
        }
    }

    /// <summary>Null while the bytes so far agree with the preface but are too few.</summary>
    internal static bool? IsPreface(in ReadOnlySequence<byte> bytes)
    {
        int length = (int)Math.Min(bytes.Length, Preface.Length);
        Span<byte> start = stackalloc byte[length];
        bytes.Slice(0, length).CopyTo(start);
        return !start.SequenceEqual(Preface[..length]) ? false
            : length == Preface.Length ? true
            : null;
    }
}
