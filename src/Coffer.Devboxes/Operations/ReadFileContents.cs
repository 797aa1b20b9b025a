using System.Text.Unicode;
using Coffer.Access;
using Coffer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes.Operations;

/// <summary>POST /v1/devboxes/{id}/read_file_contents: a file of the devbox, as UTF-8 text.</summary>
internal static class ReadFileContents
{
    private const int StepBytes = 256 << 10;
    private const int LongestCharacter = 4;

    public static async Task Handle(HttpContext http, DevboxCalls calls)
    {
        (Caller caller, DevboxId id) = await calls.CallAsync(http);
        using JsonBody body = await JsonBody.ReadAsync(http);
        using SafeFileHandle file = await calls.Store.OpenFileAsync(caller, id, body.RequiredText("file_path"), http.RequestAborted);
        long length = RandomAccess.GetLength(file);
        if (!IsText(file, length, http.RequestAborted))
        {
            throw new StoreException(StoreErrorCode.InvalidArgument, "the file is not UTF-8 text; download_file gives its bytes");
        }

        await FileAnswer.SendAsync(http, file, length, "text/plain; charset=utf-8");
    }

    /// <summary>Reads the file once before it is sent: behind the first byte nothing can be refused any more.</summary>
    private static bool IsText(SafeFileHandle file, long length, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[Math.Min(StepBytes, Math.Max(length, LongestCharacter))];
        for (long at = 0; at < length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int read = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - at)), at);
            if (read == 0)
            {
                return true; // it became shorter; sending will find out
            }

            // A character that the step parts is read again with the next one.
            int whole = at + read < length ? WholeCharacters(buffer.AsSpan(0, read)) : read;
            if (whole == 0 || !Utf8.IsValid(buffer.AsSpan(0, whole)))
            {
                return false;
            }

            at += whole;
        }

        return true;
    }

    private static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= LongestCharacter && back <= bytes.Length; back++)
        {
            byte one = bytes[^back];
            if (one < 0x80)
            {
                return bytes.Length - back + 1;
            }

            if (one >= 0xC0)
            {
                int needed = one >= 0xF0 ? 4 : one >= 0xE0 ? 3 : 2;
                return needed <= back ? bytes.Length : bytes.Length - back;
            }
        }

        return bytes.Length; // no text, which the check finds
    }
}
