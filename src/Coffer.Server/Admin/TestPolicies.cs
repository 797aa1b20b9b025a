using System.Text.Json;
using Coffer.Access;
using Coffer.Http;
using Coffer.Objects;
using Coffer.Policies;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Admin;

/// <summary>
/// POST /admin/v1/policies/test, of one account with <c>?account=</c>: what the policies, or those in the body, say to a call that
/// is only described. Nothing is done or kept.
/// </summary>
internal static class TestPolicies
{
    public static async Task Handle(HttpContext http, AdminRoutesContext admin)
    {
        Caller caller = await admin.CallerAsync(http);
        using JsonBody body = await JsonBody.ReadAsync(http);
        IReadOnlyList<Policy>? proposed = body.Json("policies") is { } list ? PolicyReader.ReadList(list) : null;
        Explanation told = await admin.Gate.TestAsync(
            caller, AdminRoutesContext.AccountOf(http), proposed, QuestionOf(body), http.RequestAborted);
        await JsonResponse.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            told.WriteMembers(json);
            json.WriteEndObject();
        });
    }

    private static Question QuestionOf(JsonBody body)
    {
        bool isBucket = body.Text("table") switch
        {
            null or "objects" => false,
            "buckets" => true,
            _ => throw Invalid("table is objects or buckets"),
        };
        PolicyVerbs verbs = body.Json("verbs") is { ValueKind: JsonValueKind.Array } words
            ? words.EnumerateArray().Aggregate(PolicyVerbs.None, static (all, word) => all | VerbOf(JsonBody.TextOf(word, "a verb")))
            : throw Invalid("verbs is an array of select, insert, update, delete");
        PolicyRow row = RowOf(body, "", isBucket) ?? throw Invalid("bucket is required");
        return new Question
        {
            Caller = CallerOf(body),
            Table = isBucket ? PolicyTable.Buckets : PolicyTable.Objects,
            Verbs = verbs is PolicyVerbs.None ? throw Invalid("verbs is empty") : verbs,
            Row = row,
            Changed = RowOf(body, "new_", isBucket),
        };
    }

    private static Caller CallerOf(JsonBody body)
    {
        JsonElement? claims = body.Object("claims");
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        if (body.Members("headers") is { } members)
        {
            foreach (JsonProperty header in members)
            {
                headers[header.Name] = JsonBody.TextOf(header.Value, "a header");
            }
        }

        return new Caller
        {
            Right = Right.Anon,
            TokenRole = body.Text("role") ?? "anon",
            Subject = body.Text("subject") ?? (claims is { } payload && payload.TryGetProperty("sub", out JsonElement sub) ? JsonBody.TextOf(sub, "claims.sub") : null),
            Key = body.Text("key_id") is not { } key ? null : Guid.TryParse(key, out Guid id) ? id : throw Invalid("key_id is not the id of a key"),
            Claims = claims,
            Operation = body.Text("operation") ?? "",
            Header = name => headers.GetValueOrDefault(name),
        };
    }

    private static PolicyRow? RowOf(JsonBody body, string prefix, bool isBucket)
    {
        string[] members = ["bucket", "key", "owner", "mimetype", "size", "user_metadata"];
        if (!members.Any(member => body.Has(prefix + member)))
        {
            return null;
        }

        return new PolicyRow
        {
            Bucket = body.Text(prefix + "bucket") ?? body.RequiredText("bucket"),
            IsBucket = isBucket,
            Key = isBucket ? null : body.Text(prefix + "key") ?? body.RequiredText("key"),
            Owner = body.Text(prefix + "owner"),
            MediaType = body.Text(prefix + "mimetype"),
            SizeBytes = body.Integer(prefix + "size"),
            Metadata = body.Object(prefix + "user_metadata") is { } metadata ? ObjectMetadata.FromJson(metadata) : null,
        };
    }

    private static PolicyVerbs VerbOf(string word) => PolicyReader.VerbOf(word)
        ?? throw Invalid($"verbs holds '{word}'; they are select, insert, update and delete");

    private static StoreException Invalid(string message) => new(StoreErrorCode.InvalidArgument, message);
}
