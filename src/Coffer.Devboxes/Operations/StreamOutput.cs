using System.Buffers;
using System.Text;
using System.Text.Json;
using Coffer.Devboxes.Execution;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>
/// GET …/stream_stdout_updates and …/stream_stderr_updates: what a command writes, as server-sent events, until it ends.
/// </summary>
/// <remarks>
/// The <c>offset</c> of an event is the place behind its output, from which a client that was cut off goes on: the published ones send
/// the last one that they saw. Silence is filled by comments, so that nobody on the way takes the connection for dead.
/// </remarks>
internal static class StreamOutput
{
    private const int ChunkBytes = 32 << 10;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    public static Task HandleOutput(HttpContext http, ExecutionCalls calls) => Handle(http, calls, static execution => execution.Output);

    public static Task HandleErrors(HttpContext http, ExecutionCalls calls) => Handle(http, calls, static execution => execution.Errors);

    private static async Task Handle(HttpContext http, ExecutionCalls calls, Func<CommandExecution, ExecutionOutput> choose)
    {
        (_, CommandExecution execution) = await calls.ExecutionAsync(http);
        long offset = OffsetOf(http);
        HttpResponse response = http.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        response.Headers.XContentTypeOptions = "nosniff";
        await response.Body.FlushAsync(http.RequestAborted); // the client knows at once that it is heard
        try
        {
            await SendAsync(http, choose(execution), offset);
        }
        catch (IOException gone) when (gone is DirectoryNotFoundException or FileNotFoundException)
        {
            // The reader was behind when the devbox was shut down. It must not take what it has for all there was.
            WriteEnd(http.Response);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }
    }

    private static async Task SendAsync(HttpContext http, ExecutionOutput output, long offset)
    {
        byte[] buffer = new byte[ChunkBytes];
        int held = 0; // beginning of a character whose rest is not written yet
        while (await WaitAsync(http, output, offset + held))
        {
            int read = output.Read(offset, buffer, out bool isEnd);
            int whole = isEnd ? read : OutputText.WholeCharacters(buffer.AsSpan(0, read));
            held = read - whole;
            if (whole > 0)
            {
                offset += whole;
                Write(http.Response, Encoding.UTF8.GetString(buffer, 0, whole), offset);
                await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
            }
        }

        if (held > 0)
        {
            int read = output.Read(offset, buffer, out _); // the command ended within a character
            Write(http.Response, Encoding.UTF8.GetString(buffer, 0, read), offset + read);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }
    }

    /// <returns>False when nothing follows.</returns>
    private static async Task<bool> WaitAsync(HttpContext http, ExecutionOutput output, long offset)
    {
        ValueTask<bool> more = output.WaitBeyondAsync(offset, http.RequestAborted);
        if (more.IsCompleted)
        {
            return await more;
        }

        Task<bool> later = more.AsTask();
        while (await Task.WhenAny(later, Task.Delay(Silence, http.RequestAborted)) != later)
        {
            http.Response.BodyWriter.Write(": \n\n"u8);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }

        return await later;
    }

    private static void Write(HttpResponse response, string output, long offset)
    {
        response.BodyWriter.Write("data: "u8);
        using (var json = new Utf8JsonWriter(response.BodyWriter)) // escapes line feeds, which would end the event
        {
            json.WriteStartObject();
            json.WriteString("output"u8, output);
            json.WriteNumber("offset"u8, offset);
            json.WriteEndObject();
        }

        response.BodyWriter.Write("\n\n"u8);
    }

    private static void WriteEnd(HttpResponse response)
    {
        response.BodyWriter.Write("event: error\ndata: "u8);
        using (var json = new Utf8JsonWriter(response.BodyWriter))
        {
            json.WriteStartObject();
            json.WriteNumber("code"u8, StatusCodes.Status400BadRequest);
            json.WriteString("message"u8, "the devbox has ended, and its files are gone"u8);
            json.WriteEndObject();
        }

        response.BodyWriter.Write("\n\n"u8);
    }

    private static long OffsetOf(HttpContext http)
    {
        string? text = http.Request.Query["offset"];
        return string.IsNullOrEmpty(text) ? 0
            : WholeNumber.TryParse(text, out long offset) && offset >= 0 ? offset
            : throw new StoreException(StoreErrorCode.InvalidArgument, "offset is no whole number of bytes");
    }
}
