using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Coffer.Server.Logging;

/// <summary>This thread's buffer and JSON writer for one log line; reused, so that a line allocates nothing.</summary>
internal readonly ref struct LineBuffer
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _bytesOfThread;

    [ThreadStatic]
    private static Utf8JsonWriter? _jsonOfThread;

    private readonly ArrayBufferWriter<byte> _bytes;

    private LineBuffer(ArrayBufferWriter<byte> bytes, Utf8JsonWriter json) => (_bytes, Json) = (bytes, json);

    public Utf8JsonWriter Json { get; }

    public IBufferWriter<byte> Bytes => _bytes;

    /// <summary>An empty buffer, valid on this thread until the next call.</summary>
    public static LineBuffer Rent()
    {
        ArrayBufferWriter<byte> bytes = _bytesOfThread ??= new ArrayBufferWriter<byte>(1024);
        Utf8JsonWriter json = _jsonOfThread ??= new Utf8JsonWriter(
            bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        bytes.ResetWrittenCount();
        json.Reset();
        return new LineBuffer(bytes, json);
    }

    /// <summary>The line with its newline.</summary>
    public ReadOnlySpan<byte> End()
    {
        Json.Flush();
        _bytes.Write("\n"u8);
        return _bytes.WrittenSpan;
    }
}
