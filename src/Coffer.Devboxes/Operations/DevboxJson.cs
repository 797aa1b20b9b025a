using System.Text.Json;
using Coffer.Catalog;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>Devboxes and pages as the wire shows them.</summary>
internal static class DevboxJson
{
    public static Task WriteViewAsync(HttpContext http, Devbox shown) => JsonResponse.WriteAsync(http, json => WriteView(json, shown));

    public static Task WritePageAsync(HttpContext http, DevboxPage page) => JsonResponse.WriteAsync(http, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("devboxes"u8);
        foreach (Devbox shown in page.Devboxes)
        {
            WriteView(json, shown);
        }

        json.WriteEndArray();
        json.WriteBoolean("has_more"u8, page.HasMore);
        WriteNumber(json, "total_count"u8, page.TotalCount);
        json.WriteEndObject();
    });

    private static void WriteView(Utf8JsonWriter json, Devbox shown)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, shown.Id.ToString());
        json.WriteString("name"u8, shown.Name);
        json.WriteString("status"u8, shown.Status.Word());
        json.WriteNumber("create_time_ms"u8, shown.CreatedAtMs);
        WriteNumber(json, "end_time_ms"u8, shown.EndedAtMs);
        json.WriteString("shutdown_reason"u8, shown.ShutdownReason.Word());
        json.WriteString("failure_reason"u8, shown.FailureReason.Word());
        json.WriteStartArray("capabilities"u8);
        json.WriteEndArray();
        json.WritePropertyName("launch_parameters"u8);
        json.WriteRawValue(shown.LaunchJson);
        json.WriteStartObject("metadata"u8);
        foreach ((string name, string value) in shown.Metadata?.ToPairs() ?? [])
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteStartArray("state_transitions"u8);
        foreach (DevboxTransition step in shown.Transitions)
        {
            json.WriteStartObject();
            json.WriteString("status"u8, step.Status.Word());
            json.WriteNumber("transition_time_ms"u8, step.AtMs);
            if (step.FailureReason.Word() is { } reason)
            {
                json.WriteString("failure_reason"u8, reason);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
