using System.Globalization;
using System.Net;

namespace Coffer.Client;

/// <summary>Status line and fields of an answer.</summary>
internal sealed class ResponseHead
{
    private const int MostFields = 256;

    private ResponseHead(int status, string reason, bool isHttp11, List<(string Name, string Value)> fields)
    {
        (Status, Reason, Fields) = (status, reason, fields);
        KeepsAlive = isHttp11 && !Has("Connection", "close");
        IsChunked = Has("Transfer-Encoding", "chunked");
        foreach ((string name, string value) in fields)
        {
            if (Is(name, "Content-Length"))
            {
                if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long length)
                    || (Length ?? length) != length)
                {
                    throw Invalid("The server's answer has no usable Content-Length.");
                }

                Length = length;
            }
        }
    }

    public int Status { get; }

    public bool IsChunked { get; }

    public long? Length { get; }

    /// <summary>Whether another request may follow on the connection.</summary>
    public bool KeepsAlive { get; private set; }

    private string Reason { get; }

    private List<(string Name, string Value)> Fields { get; }

    public static ResponseHead Read(BlockingConnection connection)
    {
        string line = connection.ReadLine();
        if (!line.StartsWith("HTTP/1.", StringComparison.Ordinal) || line.Length < 12
            || !int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int status))
        {
            throw Invalid("The server does not answer in HTTP/1.1.");
        }

        List<(string, string)> fields = [];
        while (connection.ReadLine() is { Length: > 0 } field)
        {
            int colon = field.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || fields.Count == MostFields)
            {
                throw Invalid("The server's answer has a broken head.");
            }

            fields.Add((field[..colon], field[(colon + 1)..].Trim()));
        }

        return new(status, line.Length > 13 ? line[13..] : "", line[7] == '1', fields);
    }

    /// <summary>Reads over interim answers (1xx).</summary>
    public static ResponseHead ReadFinal(BlockingConnection connection)
    {
        ResponseHead head;
        do
        {
            head = Read(connection);
        }
        while (head.Status < 200);
        return head;
    }

    /// <summary>The answer that waits on a connection whose sending side broke; null when there is none.</summary>
    public static ResponseHead? TryReadFinal(BlockingConnection connection)
    {
        try
        {
            return ReadFinal(connection);
        }
        catch (Exception error) when (error is IOException or HttpRequestException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>The request was not sent whole, so the connection is good for this answer only.</summary>
    public ResponseHead MarkUnusable()
    {
        KeepsAlive = false;
        return this;
    }

    public HttpResponseMessage ToMessage(HttpRequestMessage request, Stream body)
    {
        var message = new HttpResponseMessage((HttpStatusCode)Status)
        {
            ReasonPhrase = Reason, RequestMessage = request, Version = HttpVersion.Version11, Content = new StreamContent(body),
        };
        foreach ((string name, string value) in Fields)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }

    private static HttpIOException Invalid(string message) => new(HttpRequestError.InvalidResponse, message);

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);

    private bool Has(string field, string token) =>
        Fields.Exists(f => Is(f.Name, field) && f.Value.Split(',', StringSplitOptions.TrimEntries).Any(word => Is(word, token)));
}
