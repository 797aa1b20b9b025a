using System.Text.Json;
using Coffer.Devboxes.Execution;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>Executions as the wire shows them.</summary>
internal static class ExecutionJson
{
    /// <summary>Where the execution stands, and once it has ended how, and what it wrote.</summary>
    public static Task WriteViewAsync(HttpContext http, RunningDevbox devbox, CommandExecution execution, int? lines)
    {
        int? exitStatus = execution.ExitStatus; // read once: it may end while this is written
        (string Output, bool IsCut, string Errors, bool AreErrorsCut)? written = exitStatus is null ? null : TextsOf(execution, lines);
        return JsonResponse.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteString("devbox_id"u8, devbox.Id);
            json.WriteString("execution_id"u8, execution.Id);
            json.WriteString("status"u8, exitStatus is null ? "running" : "completed");
            json.WriteNull("shell_name"u8);
            if (exitStatus is { } ended && written is var (output, isCut, errors, areErrorsCut))
            {
                json.WriteNumber("exit_status"u8, ended);
                json.WriteString("stdout"u8, output);
                json.WriteString("stderr"u8, errors);
                json.WriteBoolean("stdout_truncated"u8, isCut);
                json.WriteBoolean("stderr_truncated"u8, areErrorsCut);
            }

            json.WriteEndObject();
        });
    }

    /// <summary>An execution that has ended, in the older form.</summary>
    public static Task WriteDetailAsync(HttpContext http, RunningDevbox devbox, CommandExecution execution, int? lines)
    {
        (string output, _, string errors, _) = TextsOf(execution, lines);
        return JsonResponse.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteString("devbox_id"u8, devbox.Id);
            json.WriteNumber("exit_status"u8, execution.ExitStatus!.Value);
            json.WriteString("stdout"u8, output);
            json.WriteString("stderr"u8, errors);
            json.WriteNull("shell_name"u8);
            json.WriteEndObject();
        });
    }

    private static (string Output, bool IsCut, string Errors, bool AreErrorsCut) TextsOf(CommandExecution execution, int? lines)
    {
        try
        {
            (string output, bool isCut) = OutputText.EndOf(execution.Output, lines);
            (string errors, bool areErrorsCut) = OutputText.EndOf(execution.Errors, lines);
            return (output, isCut, errors, areErrorsCut);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StoreException(StoreErrorCode.ExecutionNotFound, "what the execution wrote is kept no more", gone);
        }
    }
}
