using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes.Operations;

/// <summary>Sends an open file of a devbox as the body of an answer.</summary>
internal static class FileAnswer
{
    private const int StepBytes = 256 << 10;

    /// <param name="length">How much of it; a command may make it longer or shorter meanwhile. Shorter, the connection is broken off.</param>
    public static async Task SendAsync(HttpContext http, SafeFileHandle file, long length, string mediaType)
    {
        HttpResponse response = http.Response;
        response.ContentType = mediaType;
        response.ContentLength = length;
        response.Headers.XContentTypeOptions = "nosniff"; // whatever a command wrote, a browser takes it for nothing else
        for (long sent = 0; sent < length;)
        {
            Memory<byte> room = response.BodyWriter.GetMemory((int)Math.Min(StepBytes, length - sent));
            int read = RandomAccess.Read(file, room.Span[..(int)Math.Min(room.Length, length - sent)], sent);
            if (read == 0)
            {
                http.Abort();
                return;
            }

            response.BodyWriter.Advance(read);
            sent += read;
            if ((await response.BodyWriter.FlushAsync(http.RequestAborted)).IsCompleted)
            {
                return; // its reader went away
            }
        }
    }
}
