using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Coffer.Devboxes.Operations;

/// <summary>A form (RFC 7578) with a field <c>path</c> and a file <c>file</c>, in any order. Other fields are ignored.</summary>
internal static class FileForm
{
    private const int BufferBytes = 64 << 10;
    private const int MaxFields = 10;
    private const int MaxFieldBytes = 16 << 10;

    /// <summary>Reads the whole form.</summary>
    /// <returns>The path.</returns>
    /// <exception cref="StoreException">InvalidArgument: the form is broken, or lacks a part; and what taking the file says.</exception>
    public static async Task<string> ReadAsync(HttpRequest request, IncomingFile incoming, CancellationToken cancellationToken)
    {
        string? boundary = MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            ? HeaderUtilities.RemoveQuotes(type.Boundary).Value
            : null;
        if (string.IsNullOrEmpty(boundary))
        {
            throw Invalid("the body is no form: multipart/form-data with a field path and a file is needed");
        }

        try
        {
            return await ReadAsync(new MultipartReader(boundary, request.Body, BufferBytes), incoming, cancellationToken);
        }
        catch (Exception broken) when (broken is InvalidDataException || broken.GetType() == typeof(IOException)) // a broken connection has types of its own
        {
            throw Invalid("the form ends before it is complete, or has parts that cannot be read");
        }
    }

    private static async Task<string> ReadAsync(MultipartReader reader, IncomingFile incoming, CancellationToken cancellationToken)
    {
        string? path = null;
        bool hasFile = false;
        int fields = 0;
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition) || ++fields > MaxFields)
            {
                throw Invalid($"a part of the form has no name, or there are more than {MaxFields}");
            }

            string name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
            if (name == "path")
            {
                path = await TextAsync(section.Body, cancellationToken);
            }
            else if (name == "file")
            {
                await incoming.TakeAsync(hasFile ? throw Invalid("the form has more than one file") : section.Body, cancellationToken);
                hasFile = true;
            }
        }

        return !hasFile ? throw Invalid("the form has no file") : path ?? throw Invalid("the form has no path");
    }

    private static async Task<string> TextAsync(Stream body, CancellationToken cancellationToken)
    {
        byte[] text = new byte[MaxFieldBytes + 1];
        int length = await body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancellationToken);
        try
        {
            return length > MaxFieldBytes
                ? throw Invalid("the path is too long")
                : new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(text, 0, length);
        }
        catch (DecoderFallbackException)
        {
            throw Invalid("the path is not UTF-8 text");
        }
    }

    private static StoreException Invalid(string message) => new(StoreErrorCode.InvalidArgument, message);
}
