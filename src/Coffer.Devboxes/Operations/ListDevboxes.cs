using Coffer.Access;
using Coffer.Catalog;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>GET /v1/devboxes: the account's devboxes, newest first. An empty parameter counts as absent.</summary>
internal static class ListDevboxes
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 5000;

    public static async Task Handle(HttpContext http, DevboxCalls calls)
    {
        Caller caller = await calls.CallerAsync(http);
        IQueryCollection query = http.Request.Query;
        bool withTotal = FlagOf(query, "include_total_count") ?? true;
        DevboxStatus? status = Text(query, "status") is { } word ? DevboxWords.ParseStatus(word, "status") : null;
        var asked = new DevboxQuery
        {
            Account = default,
            Limit = LimitOf(query),
            After = Text(query, "starting_after") is not { } text ? null : DevboxId.TryParse(text, out DevboxId id) ? id : default(DevboxId),
            Status = status,
            WithTotal = withTotal,
        };

        DevboxPage page = await calls.Store.ListAsync(caller, asked, http.RequestAborted);

        bool isNever = status is null && Text(query, "status") is not null; // a status that no devbox here is ever in
        await DevboxJson.WritePageAsync(http, isNever ? DevboxPage.Empty with { TotalCount = withTotal ? 0 : null } : page);
    }

    private static int LimitOf(IQueryCollection query) => Text(query, "limit") is not { } text ? DefaultLimit
        : !WholeNumber.TryParse(text, out long limit) ? throw Invalid($"limit is not a number; 1 to {MaxLimit} are allowed")
        : limit <= 0 ? DefaultLimit
        : (int)Math.Min(limit, MaxLimit);

    private static bool? FlagOf(IQueryCollection query, string name) => Text(query, name) switch
    {
        null => null,
        "true" or "True" or "1" => true,
        "false" or "False" or "0" => false,
        _ => throw Invalid($"{name} is true or false"),
    };

    private static string? Text(IQueryCollection query, string name) => query[name] is [{ Length: > 0 } text, ..] ? text : null;

    private static StoreException Invalid(string message) => new(StoreErrorCode.InvalidArgument, message);
}
