using Microsoft.AspNetCore.Http;

namespace Coffer.Http;

/// <summary>Writes an error. The response must not have started.</summary>
/// <param name="code">The machine word of the JSON routes.</param>
public delegate Task ErrorWriter(HttpContext http, int status, string code, string message);

/// <summary>Endpoint metadata: the form of errors that the server raises around the route's handler; without it that of the JSON routes.</summary>
public sealed record ErrorShape(ErrorWriter WriteAsync)
{
    /// <summary>Answers with an error in the form of the request's route.</summary>
    public static Task AnswerAsync(HttpContext http, int status, string code, string message) =>
        http.GetEndpoint()?.Metadata.GetMetadata<ErrorShape>() is { } shape
            ? shape.WriteAsync(http, status, code, message)
            : JsonError.WriteAsync(http, status, code, message);
}
