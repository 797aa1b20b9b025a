using System.Diagnostics;
using Coffer.Http;
using Coffer.Server.Configuration;
using Coffer.Server.Logging;
using Coffer.Server.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;

namespace Coffer.Server.Http;

/// <summary>
/// The outermost step of every request: gives it an id, counts its bytes, turns what it throws into an answer, and says
/// at its end what became of it, once in the log and once in the metrics.
/// </summary>
internal sealed class RequestObserver(
    RequestDelegate next, CofferOptions options, IdleWatch idleWatch, Ending ending, Cors cors, RequestLog log, RequestMetrics metrics,
    ILogger logger)
{
    private const string RequestIdHeader = "x-request-id";
    private const string UnknownOperation = "none";
    private const string ClientGone = "client_gone";
    private const string ShuttingDown = "shutting_down";
    private const string InternalError = "internal_error";

    private readonly DefaultObjectPool<Exchange> _exchanges = new(new ExchangePolicy(idleWatch), maximumRetained: 1024);

    public async Task InvokeAsync(HttpContext http)
    {
        Exchange exchange = _exchanges.Get();
        exchange.Begin(http);
        RunningRequests? running = http.Features.Get<RunningRequests>();
        running?.Begin();
        exchange.Facts.PublicBase = options.PublicUrl;
        exchange.Facts.RequestId = RequestId.Of(http.Request.Headers[RequestIdHeader]);
        http.Response.Headers[RequestIdHeader] = exchange.Facts.RequestId;
        int? failure = null;
        ending.Enter();
        try
        {
            await next(http);
        }
        catch (Exception e)
        {
            failure = await AnswerAsync(http, exchange, e);
        }
        finally
        {
            if (!http.Response.HasStarted)
            {
                await exchange.DiscardBodyAsync(http); // its own hook would come when the exchange serves another request
            }

            failure ??= BrokenOff(http, exchange);
            Conclude(http, exchange, failure ?? http.Response.StatusCode);
            _exchanges.Return(exchange);
            ending.Leave();
            running?.End();
        }
    }

    /// <summary>Returns the status to record, which differs from the response's when that was never sent.</summary>
    private async Task<int?> AnswerAsync(HttpContext http, Exchange exchange, Exception exception)
    {
        bool isCut = ending.CutsOff && exception is OperationCanceledException; // before RequestAborted says so
        if (isCut || exchange.CutForSilence || exchange.LostClient || http.RequestAborted.IsCancellationRequested)
        {
            // The client went away, or was sent away: nobody is left to answer, and nothing of ours failed. The abort keeps
            // the server from sending its default answer, an empty 200, and from reading on.
            http.Abort();
            exchange.Facts.ErrorCode ??= ending.CutsOff ? ShuttingDown : ClientGone;
            return StatusCodes.Status499ClientClosedRequest;
        }

        (int status, string code, string message) = exception switch
        {
            StoreException { Code: StoreErrorCode.TooLarge } large => (StatusCodes.Status413PayloadTooLarge, "too_large", large.Message),
            BadHttpRequestException bad => (bad.StatusCode, "bad_request", "The request is malformed or was cut off."),
            _ => (StatusCodes.Status500InternalServerError, InternalError,
                $"The server failed. Its log says more under the request id {exchange.Facts.RequestId}."),
        };
        if (status >= StatusCodes.Status500InternalServerError)
        {
            Log.RequestFailed(logger, exchange.Facts.RequestId, exception);
        }

        if (http.Response.HasStarted)
        {
            // Only a broken connection tells the client that what it has is not the whole.
            exchange.Facts.ErrorCode = code;
            http.Abort();
            return status;
        }

        http.Response.Clear();
        http.Response.Headers[RequestIdHeader] = exchange.Facts.RequestId;
        cors.Apply(http);
        await ErrorShape.AnswerAsync(http, status, code, message);
        if (status == StatusCodes.Status400BadRequest && http.Request.ContentLength is not null)
        {
            // A body of known length can only be wrong by ending early: whoever sent it has closed the connection, at
            // least in this direction.
            exchange.Facts.ErrorCode = ClientGone;
            return StatusCodes.Status499ClientClosedRequest;
        }

        return null;
    }

    /// <summary>
    /// The status to record where a handler took the end of its transfer for an ordinary one: a part of the body was announced
    /// and never left. Null for an answer that went out whole, and for a refusal, which nobody may have read.
    /// </summary>
    private int? BrokenOff(HttpContext http, Exchange exchange)
    {
        HttpResponse response = http.Response;
        if (exchange.CutForSilence)
        {
            return StatusCodes.Status499ClientClosedRequest;
        }

        bool isShort = exchange.BytesOut < response.ContentLength && !HttpMethods.IsHead(http.Request.Method);
        if (response.StatusCode >= StatusCodes.Status400BadRequest || !(isShort || exchange.LostClient))
        {
            return null;
        }

        if (exchange.Facts.ErrorCode is not null)
        {
            return StatusCodes.Status500InternalServerError; // damage, found when the beginning had left already
        }

        if (!exchange.LostClient && !http.RequestAborted.IsCancellationRequested)
        {
            exchange.Facts.ErrorCode = InternalError; // the handler gave up without saying why
            return StatusCodes.Status500InternalServerError;
        }

        exchange.Facts.ErrorCode = ending.CutsOff ? ShuttingDown : ClientGone;
        return StatusCodes.Status499ClientClosedRequest;
    }

    private void Conclude(HttpContext http, Exchange exchange, int status)
    {
        RequestFacts facts = exchange.Facts;
        string operation = facts.Operation ?? http.GetEndpoint()?.Metadata.GetMetadata<Operation>()?.Name ?? UnknownOperation;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(exchange.Started);
        metrics.Record(operation, status, elapsed.TotalSeconds, exchange.BytesIn, exchange.BytesOut);
        log.Write(new RequestLine(RawTarget.PathOf(http))
        {
            Time = DateTime.UtcNow,
            Method = http.Request.Method,
            Operation = operation,
            Status = status,
            Milliseconds = elapsed.TotalMilliseconds,
            BytesIn = exchange.BytesIn,
            BytesOut = exchange.BytesOut,
            RequestId = facts.RequestId,
            Account = facts.Account,
            Protocol = http.Request.Protocol,
            ErrorCode = facts.ErrorCode,
            DecisionId = facts.DecisionId,
        });
    }

    private sealed class ExchangePolicy(IdleWatch idleWatch) : IPooledObjectPolicy<Exchange>
    {
        public Exchange Create() => new(idleWatch);

        public bool Return(Exchange obj) => obj.End();
    }
}
