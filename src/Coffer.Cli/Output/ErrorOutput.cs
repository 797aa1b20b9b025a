using System.Text;
using System.Text.Json;

namespace Coffer.Cli.Output;

/// <summary>Failures and warnings on stderr: one line each, as text or as JSON.</summary>
internal sealed class ErrorOutput(bool asJson)
{
    public void Write(Report report)
    {
        if (report.Message.Length == 0)
        {
            return;
        }

        try
        {
            Console.Error.WriteLine(asJson ? Json(report) : $"coffer: {(report.IsWarning ? "warning: " : "")}{report.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Stderr is full or closed: the exit code has to do.
        }
    }

    private static string Json(Report report)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, JsonShapes.Options))
        {
            json.WriteStartObject();
            json.WriteStartObject(report.IsWarning ? "warning" : "error");
            json.WriteString("message", report.Message);
            json.WriteString("code", report.Code);
            if (report.Status is { } status)
            {
                json.WriteNumber("status", status);
            }
            else
            {
                json.WriteNull("status");
            }

            json.WriteString("request_id", report.RequestId);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
