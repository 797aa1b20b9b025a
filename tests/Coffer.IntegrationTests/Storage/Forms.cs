using System.Net.Http.Headers;
using System.Text;

namespace Coffer.IntegrationTests.Storage;

/// <summary>Forms as clients write them, and as none should.</summary>
internal static class Forms
{
    public const string Boundary = "----a-boundary-7d0";

    public static string Field(string name, string value) => $"--{Boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n";

    public static string File(string text, string name = "file", string type = "text/plain") =>
        $"--{Boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"f\"\r\nContent-Type: {type}\r\n\r\n{text}\r\n";

    public static string End => $"--{Boundary}--\r\n";

    /// <summary>A body of these parts, sent as a form.</summary>
    public static HttpContent Of(params string[] parts) => Raw(string.Concat(parts), $"multipart/form-data; boundary={Boundary}");

    public static HttpContent Raw(string body, string type)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }
}
