using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Coffer.Server.Logging;

/// <summary>What is said of a request at its end.</summary>
/// <param name="Path">As sent, without the query: that may hold a signature. Tokens in it are masked when it is written.</param>
internal readonly ref struct RequestLine(ReadOnlySpan<char> path)
{
    public ReadOnlySpan<char> Path { get; } = path;

    public required DateTime Time { get; init; }

    public required string Method { get; init; }

    public required string Operation { get; init; }

    public required int Status { get; init; }

    public required double Milliseconds { get; init; }

    public required long BytesIn { get; init; }

    public required long BytesOut { get; init; }

    public required string RequestId { get; init; }

    public required string? Account { get; init; }

    public required string Protocol { get; init; }

    public required string? ErrorCode { get; init; }

    /// <summary>Names the decision of a policy that refused it.</summary>
    public string? DecisionId { get; init; }
}

/// <summary>Writes one line for each request, at its end: JSON, or a short text where a person watches.</summary>
internal sealed class RequestLog(LogSink sink, bool asText)
{
    private const int LongestPath = 2048;

    public void Write(in RequestLine request)
    {
        LineBuffer line = LineBuffer.Rent();
        if (asText)
        {
            FormatText(line.Bytes, request);
        }
        else
        {
            FormatJson(line.Json, request);
        }

        sink.Write(line.End());
    }

    internal static void FormatJson(Utf8JsonWriter json, in RequestLine request)
    {
        json.WriteStartObject();
        json.WriteString(Names.Time, request.Time);
        json.WriteString(Names.Event, Names.Request);
        json.WriteString(Names.Method, request.Method);
        json.WriteString(Names.Path, Shortened(request.Path));
        json.WriteString(Names.Operation, request.Operation);
        json.WriteNumber(Names.Status, request.Status);
        json.WriteNumber(Names.Milliseconds, Math.Round(request.Milliseconds, 3));
        json.WriteNumber(Names.BytesIn, request.BytesIn);
        json.WriteNumber(Names.BytesOut, request.BytesOut);
        json.WriteString(Names.RequestId, request.RequestId);
        json.WriteString(Names.Protocol, request.Protocol);
        if (request.Account is not null)
        {
            json.WriteString(Names.Account, request.Account);
        }

        if (request.ErrorCode is not null)
        {
            json.WriteString(Names.Error, request.ErrorCode);
        }

        if (request.DecisionId is not null)
        {
            json.WriteString(Names.Decision, request.DecisionId);
        }

        json.WriteEndObject();
    }

    internal static void FormatText(IBufferWriter<byte> bytes, in RequestLine request)
    {
        ReadOnlySpan<char> path = Shortened(request.Path);
        Span<char> shown = stackalloc char[path.Length];
        for (int i = 0; i < path.Length; i++)
        {
            shown[i] = char.IsControl(path[i]) ? '?' : path[i]; // an escape sequence would reach the terminal
        }

        string method = request.Method.Length > 16 ? request.Method[..16] : request.Method;
        Span<byte> space = bytes.GetSpan(4 * LongestPath);
        Utf8.TryWrite(
            space, CultureInfo.InvariantCulture,
            $"{request.Time.ToLocalTime():HH:mm:ss} {request.Status} {method} {shown} {request.Milliseconds:0.0} ms {request.BytesIn} B in {request.BytesOut} B out {request.ErrorCode}",
            out int written);
        bytes.Advance(written);
    }

    /// <summary>Masked before it is cut: half a token does not look like one.</summary>
    private static ReadOnlySpan<char> Shortened(ReadOnlySpan<char> path)
    {
        ReadOnlySpan<char> masked = TokenMask.Masked(path);
        return masked.Length > LongestPath ? masked[..LongestPath] : masked;
    }

    private static class Names
    {
        public static readonly JsonEncodedText Time = JsonEncodedText.Encode("time");
        public static readonly JsonEncodedText Event = JsonEncodedText.Encode("event");
        public static readonly JsonEncodedText Request = JsonEncodedText.Encode("request");
        public static readonly JsonEncodedText Method = JsonEncodedText.Encode("method");
        public static readonly JsonEncodedText Path = JsonEncodedText.Encode("path");
        public static readonly JsonEncodedText Operation = JsonEncodedText.Encode("operation");
        public static readonly JsonEncodedText Status = JsonEncodedText.Encode("status");
        public static readonly JsonEncodedText Milliseconds = JsonEncodedText.Encode("ms");
        public static readonly JsonEncodedText BytesIn = JsonEncodedText.Encode("bytes_in");
        public static readonly JsonEncodedText BytesOut = JsonEncodedText.Encode("bytes_out");
        public static readonly JsonEncodedText RequestId = JsonEncodedText.Encode("request_id");
        public static readonly JsonEncodedText Protocol = JsonEncodedText.Encode("protocol");
        public static readonly JsonEncodedText Account = JsonEncodedText.Encode("account");
        public static readonly JsonEncodedText Decision = JsonEncodedText.Encode("decision");
        public static readonly JsonEncodedText Error = JsonEncodedText.Encode("error");
    }
}
