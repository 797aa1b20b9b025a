using System.Text.Json;

namespace Coffer.Client;

/// <summary>The body of an error answer: <c>{"message": …, "code": …}</c>.</summary>
internal sealed record ErrorBody
{
    public string? Message { get; init; }

    public string? Code { get; init; }

    /// <summary>
    /// Reads what a server, or a proxy before it, sent with an error; anything but the known shape is no error body.
    /// </summary>
    public static ErrorBody? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, CofferJson.Default.ErrorBody);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
