using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.DurabilityTests.Lanes;

/// <summary>Asks the server for changes and writes down what it promised.</summary>
internal sealed class Client(CofferProcess server)
{
    private static int _requests;

    /// <summary>An answer that takes longer counts as a server that hangs.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Refusals are errors of the test, except where something is made to fail.</summary>
    public bool MayBeRefused { get; init; }

    public CofferProcess Server => server;

    public async Task<Outcome> CreateAsync(TrackedObject it)
    {
        var body = new { name = it.Name, content_type = "binary", metadata = new { lane = "durability" } };
        (Outcome outcome, Answer? answer) = await AskAsync(
            it, "create", view => view.State == View.Absent ? view with { State = View.Uploading } : null,
            "POST", "/v1/objects", () => Json(body));
        if (outcome == Outcome.Acknowledged)
        {
            it.Id = answer!.Json.Text("id")!;
            it.UploadUrl = answer.Json.Text("upload_url")!;
        }

        return outcome;
    }

    /// <param name="isChunked">Without a length, as clients send what they make on the way.</param>
    public async Task<Outcome> UploadAsync(TrackedObject it, Content content, bool isChunked = false) => (await AskAsync(
        it, $"upload of {content.SizeBytes} bytes", view => view.State == View.Uploading ? view with { Content = content } : null,
        "PUT", it.UploadUrl!, () => isChunked ? new UnsizedContent(content.Bytes()) : new ByteArrayContent(content.Bytes()))).Outcome;

    public async Task<Outcome> CompleteAsync(TrackedObject it) => (await AskAsync(
        it, "complete", view => view is { State: View.Uploading or View.ReadOnly, Content: not null } ? view with { State = View.ReadOnly } : null,
        "POST", $"/v1/objects/{it.Id}/complete", static () => Json(new { }))).Outcome;

    public async Task<Outcome> RenameAsync(TrackedObject it, string name) => (await AskAsync(
        it, "patch", view => view.State is View.Uploading or View.ReadOnly ? view with { Name = name } : null,
        "PATCH", $"/v1/objects/{it.Id}", () => Json(new { name }))).Outcome;

    public async Task<Outcome> DeleteAsync(TrackedObject it) => (await AskAsync(
        it, "delete", static view => view.State == View.Absent ? null : view with { State = View.Deleted, Content = null },
        "POST", $"/v1/objects/{it.Id}/delete", static () => Json(new { }))).Outcome;

    /// <summary>Creates, uploads and completes; stops at the first request that was not acknowledged.</summary>
    public async Task<Outcome> StoreAsync(TrackedObject it, Content content, bool isChunked = false)
    {
        Outcome outcome = await CreateAsync(it);
        if (outcome == Outcome.Acknowledged) outcome = await UploadAsync(it, content, isChunked);
        return outcome == Outcome.Acknowledged ? await CompleteAsync(it) : outcome;
    }

    private static ByteArrayContent Json(object body) => new(JsonSerializer.SerializeToUtf8Bytes(body))
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
    };

    private async Task<(Outcome Outcome, Answer? Answer)> AskAsync(
        TrackedObject it, string verb, Func<View, View?> apply, string method, string url, Func<HttpContent> body)
    {
        var step = new Step($"step-{Interlocked.Increment(ref _requests)}", verb, apply);
        it.Add(step);
        try
        {
            using HttpContent content = body();
            Answer answer = await server.Api.SendAsync(method, url, content, [("x-request-id", step.RequestId)]).WaitAsync(Patience);
            step.Outcome = Judge(answer);
            if (step.Outcome != Outcome.Acknowledged && !MayBeRefused)
            {
                throw new InvalidOperationException($"{verb} of {it.Name} was answered {(int)answer.Status}: {answer.Text}\n{server.Log}");
            }

            return (step.Outcome, answer);
        }
        catch (HttpRequestException)
        {
            return (step.Outcome, null); // the connection broke, with the server or without it
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{verb} of {it.Name} got no answer in {Patience.TotalSeconds} s\n{server.Log}", late);
        }
    }

    private static Outcome Judge(Answer answer) => answer.Status switch
    {
        HttpStatusCode.OK => Outcome.Acknowledged,
        HttpStatusCode.InsufficientStorage or >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => Outcome.Refused,
        HttpStatusCode.ServiceUnavailable when answer.Code == "busy" => Outcome.Refused,
        _ => Outcome.Open,
    };
}
