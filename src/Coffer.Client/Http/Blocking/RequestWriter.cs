using System.Net.Http.Headers;
using System.Text;

namespace Coffer.Client;

/// <summary>Writes a request as RFC 9112 has it.</summary>
internal static class RequestWriter
{
    private static readonly TimeSpan ContinueWait = TimeSpan.FromSeconds(1);

    /// <summary>Writes head and body.</summary>
    /// <returns>The answer, when it came instead of, or in the middle of, taking the body; else null.</returns>
    public static ResponseHead? Write(
        HttpRequestMessage request, BlockingConnection connection, CancellationToken cancellationToken)
    {
        long? length = request.Content?.Headers.ContentLength;
        connection.Stream.Write(Head(request, length));
        if (request.Content is null)
        {
            return null;
        }

        // Whoever gets no "100 Continue" sends anyway (RFC 9110 §10.1.1). Through TLS one cannot look without reading.
        if (request.Headers.ExpectContinue == true && !connection.IsEncrypted && connection.HasSomethingToRead(ContinueWait))
        {
            ResponseHead head = ResponseHead.Read(connection);
            if (head.Status != 100)
            {
                return head.MarkUnusable();
            }
        }

        using RequestBody body = length is { } known
            ? new SizedRequestBody(connection.Stream, known)
            : new ChunkedRequestBody(connection.Stream);
        try
        {
            request.Content.CopyTo(body, context: null, cancellationToken);
            body.Complete();
            return null;
        }
        catch (Exception) when (body.HasFailed && !cancellationToken.IsCancellationRequested)
        {
            // A server that refuses in mid-body answers and closes: the answer says more than the broken pipe.
            if (ResponseHead.TryReadFinal(connection) is { } head)
            {
                return head.MarkUnusable();
            }

            throw;
        }
    }

    /// <summary>What the Host header says; an IPv6 address stands in brackets there, and without its zone (RFC 9110 §7.2).</summary>
    internal static string HostOf(Uri address)
    {
        string host = address.HostNameType == UriHostNameType.IPv6 ? address.Host : address.IdnHost;
        return address.IsDefaultPort ? host : $"{host}:{address.Port}";
    }

    private static byte[] Head(HttpRequestMessage request, long? length)
    {
        Uri address = request.RequestUri!;
        var head = new StringBuilder();
        head.Append(request.Method.Method).Append(' ').Append(Checked(address.PathAndQuery, '!')).Append(" HTTP/1.1\r\n");
        if (!request.Headers.NonValidated.Contains("Host"))
        {
            Line("Host", HostOf(address));
        }

        Lines(request.Headers.NonValidated);
        if (request.Content is not null)
        {
            Lines(request.Content.Headers.NonValidated);
            Line(length is null ? "Transfer-Encoding" : "Content-Length", length is null ? "chunked" : $"{length}");
        }

        return Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());

        void Lines(HttpHeadersNonValidated headers)
        {
            foreach ((string name, HeaderStringValues values) in headers)
            {
                if (name is not ("Content-Length" or "Transfer-Encoding"))
                {
                    Line(name, string.Join(name == "User-Agent" ? " " : ", ", values));
                }
            }
        }

        void Line(string name, string value) => head.Append(name).Append(": ").Append(Checked(value, ' ')).Append("\r\n");
    }

    // A line break here would let one request become two.
    private static string Checked(string text, char lowest) =>
        text.AsSpan().ContainsAnyExceptInRange(lowest, '~')
            ? throw new HttpRequestException("The request holds a character that HTTP/1.1 cannot carry in its head.")
            : text;
}
