using Coffer.ClientTests.Serving;
using Microsoft.AspNetCore.Http;

namespace Coffer.ClientTests.Devboxes;

/// <summary>Answers about a devbox, for the script.</summary>
internal static class Script
{
    public static RequestDelegate Devbox(string status, string more = "") => Answers.Json(
        $$"""{"id":"dbx_1","status":"{{status}}","create_time_ms":1732000000000,"capabilities":[],"launch_parameters":{},"metadata":{},"state_transitions":[]{{more}}}""");

    public static RequestDelegate Execution(string status, string more = "") =>
        Answers.Json($$"""{"devbox_id":"dbx_1","execution_id":"exec_1","status":"{{status}}"{{more}}}""");

    public static RequestDelegate Completed(int exit = 0, string output = "", bool isCut = false) => Execution(
        "completed",
        $$""","exit_status":{{exit}},"stdout":"{{output}}","stderr":"","stdout_truncated":{{(isCut ? "true" : "false")}},"stderr_truncated":false""");

    /// <summary>Waits as asked, then says that it is not so yet.</summary>
    public static RequestDelegate NotYet(TimeSpan? held = null) => async http =>
    {
        await Task.Delay(held ?? TimeSpan.Zero, http.RequestAborted);
        await Answers.Status(408)(http);
    };

    /// <summary>An event stream of these texts, that ends well or is cut off.</summary>
    public static RequestDelegate Events(bool isCut, params string[] events) => async http =>
    {
        http.Response.ContentType = "text/event-stream";
        foreach (string one in events)
        {
            await http.Response.WriteAsync(one);
            await http.Response.Body.FlushAsync();
        }

        if (isCut)
        {
            await Task.Delay(50); // so that what was written is on its way
            http.Abort();
        }
    };

    public static string Piece(string output, long offset) => $$"""
        data: {"output":"{{output}}","offset":{{offset}}}


        """;
}
