using System.Globalization;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>The <c>last_n</c> of a request: how many lines of each stream the answer shows.</summary>
internal static class LastLines
{
    /// <returns>Null when it was not said: then as many as fit.</returns>
    /// <exception cref="StoreException">InvalidArgument.</exception>
    public static int? Of(HttpContext http, JsonBody? body)
    {
        string? text = http.Request.Query["last_n"];
        if (string.IsNullOrEmpty(text))
        {
            text = body?.Json("last_n")?.ToString(); // a number or a text: clients send both
        }

        return string.IsNullOrEmpty(text) ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int lines) ? lines
            : throw new StoreException(StoreErrorCode.InvalidArgument, "last_n is no whole number of lines");
    }
}
