using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coffer.ConformanceTests.Core;
using Coffer.ConformanceTests.Policies;
using Coffer.IntegrationTests.Server;
using Coffer.Policies;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Storage;

/// <summary>
/// The rules that people write, each by the requests of the Storage API that it is about: what it refuses is explained, and the rule
/// that the explanation suggests opens that call and nothing beside it.
/// </summary>
public sealed class PolicyCaseTests(OwnServer server) : IClassFixture<OwnServer>
{
    private static readonly string[] Buckets = ["avatars", "private"];

    private Api Service => server.Api;

    public static TheoryData<string> Names => [.. Cases.List.Select(one => one.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task What_a_rule_is_for_passes(string name)
    {
        PolicyCase one = Cases.List.Single(one => one.Name == name);
        foreach (PolicyCall call in one.Allowed)
        {
            await PrepareAsync(one, call);

            (await SendAsync(call)).Expect(200);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_refusal_s_suggestion_opens_that_call_and_nothing_beside_it(string name)
    {
        PolicyCase one = Cases.List.Single(one => one.Name == name);
        foreach (PolicyCall call in one.Refused)
        {
            if (call.Operation == "object.list")
            {
                await PrepareAsync(one, call);
                Assert.Empty(await ApiOf(call).NamesAsync(call.Bucket)); // a list refuses nothing: it leaves out
                continue;
            }

            PolicyCall neighbour = Beside(call);
            PolicyCall other = call with { Subject = "somebody else", Owner = call.Row().Owner };
            await PrepareAsync(one, call, neighbour);
            ExpectRefused(neighbour, await SendAsync(neighbour));
            ExpectRefused(other, await SendAsync(other));

            string decision = ExpectRefused(call, await SendAsync(call));
            JsonElement told = (await Service.GetAsync($"/admin/v1/decisions/{decision}")).Expect(200).Json;
            ExpectExplained(call, decision, told);
            await PutAsync(told.GetProperty("suggested").GetRawText(), replace: false);

            ExpectRefused(neighbour, await SendAsync(neighbour));
            ExpectRefused(other, await SendAsync(other));
            (await SendAsync(call)).Expect(200);
        }
    }

    [Theory]
    [InlineData("copy")]
    [InlineData("move")]
    public async Task One_suggestion_opens_both_ends_of_a_copy_and_of_a_move(string word)
    {
        await RefillAsync("avatars", [("a.png", null), ("b.png", null)]);
        await PutAsync("[]", replace: true);
        Api user = ApiOf(PolicyCall.Download("a.png"));
        Api other = ApiOf(PolicyCall.Download("a.png") with { Subject = "u2" });

        string decision = (await SendAsync(user, "a.png", "to.png")).ExpectRefusal(404, "NoSuchKey").Header("x-coffer-decision")!;
        await PutAsync((await Service.GetAsync($"/admin/v1/decisions/{decision}")).Expect(200).Json.GetProperty("suggested").GetRawText(), replace: false);

        (await SendAsync(user, "b.png", "to.png")).ExpectRefusal(404, "NoSuchKey");
        (await SendAsync(user, "a.png", "other.png")).ExpectRefusal(403, "AccessDenied");
        (await SendAsync(other, "a.png", "to.png")).ExpectRefusal(404, "NoSuchKey");
        (await user.ReadAsync("avatars", "a.png")).ExpectRefusal(404, "NoSuchKey");
        (await SendAsync(user, "a.png", "to.png")).Expect(200);
        Assert.Equal(word == "copy" ? ["a.png", "b.png", "to.png"] : ["b.png", "to.png"], (await Service.NamesAsync("avatars")).Order());

        Task<Answer> SendAsync(Api api, string from, string to) =>
            api.PostAsync($"{Root}/object/{word}", new { bucketId = "avatars", sourceKey = from, destinationKey = to });
    }

    [Fact]
    public async Task Keys_without_a_subject_are_told_apart_by_their_ids()
    {
        await PutAsync("[]", replace: true);
        await RefillAsync("avatars", [("a.png", null)]);
        Api[] keys = [await KeyAsync(), await KeyAsync()];

        string decision = (await keys[0].ReadAsync("avatars", "a.png")).ExpectRefusal(404, "NoSuchKey").Header("x-coffer-decision")!;
        await PutAsync((await Service.GetAsync($"/admin/v1/decisions/{decision}")).Expect(200).Json.GetProperty("suggested").GetRawText(), replace: false);

        (await keys[0].ReadAsync("avatars", "a.png")).Expect(200);
        (await keys[1].ReadAsync("avatars", "a.png")).ExpectRefusal(404, "NoSuchKey");
        (await keys[0].InfoAsync("avatars", "a.png")).ExpectRefusal(404, "NoSuchKey"); // another operation

        async Task<Api> KeyAsync() => Service.WithKey((await Service.PostAsync("/admin/v1/keys", new { right = "anon" })).Expect(200).Json.Text("token"));
    }

    [Fact]
    public async Task Decisions_are_for_service_keys_of_the_account_alone()
    {
        await PutAsync("[]", replace: true);
        await RefillAsync("avatars", [("a.png", null)]);
        PolicyCall call = PolicyCall.Download("a.png");
        string decision = ExpectRefused(call, await SendAsync(call));
        Api stranger = await server.Process.Accounts.NewAsync();

        (await stranger.GetAsync($"/admin/v1/decisions/{decision}")).ExpectError(404, "decision_not_found");
        (await ApiOf(call).GetAsync($"/admin/v1/decisions/{decision}")).ExpectError(403, "access_denied");
        (await server.Process.Operator.GetAsync($"/admin/v1/decisions/{decision}")).Expect(200);
        Answer foreign = await stranger.ReadAsync("avatars", "a.png");
        foreign.ExpectRefusal(404, "NoSuchBucket");
        Assert.Null(foreign.Header("x-coffer-decision"));
    }

    private Api ApiOf(PolicyCall call)
    {
        JsonObject claims = call.Claims is { } more ? JsonNode.Parse(more)!.AsObject() : [];
        claims["role"] = call.Role;
        if (call.Subject is { } subject)
        {
            claims["sub"] = subject;
        }

        return Service.WithKey(Tokens.Hs256(Canary.JwtSecret, claims));
    }

    private Task<Answer> SendAsync(PolicyCall call)
    {
        Api api = ApiOf(call);
        string path = $"{call.Bucket}/{call.Key}";
        return call.Operation switch
        {
            "object.get_authenticated" => api.GetAsync($"{Root}/object/authenticated/{path}"),
            "object.delete" => api.DeleteAsync($"{Root}/object/{path}"),
            "object.sign" => api.SignAsync(call.Bucket, call.Key),
            "object.move" => api.PostAsync($"{Root}/object/move", new { bucketId = call.Bucket, sourceKey = call.Key, destinationKey = call.NewKey }),
            "object.upload" => api.SendAsync("POST", $"{Root}/object/{path}", ContentOf(call), HeadersOf(call)),
            "object.upload_update" => api.SendAsync("PUT", $"{Root}/object/{path}", ContentOf(call), HeadersOf(call)),
            _ => throw new ArgumentException($"no request is known for {call.Operation}", nameof(call)),
        };
    }

    /// <summary>A type without a size is sent as a body that says none, and is too large for the rule at its end.</summary>
    private static HttpContent ContentOf(PolicyCall call) =>
        call is { MediaType: { } type, SizeBytes: null } ? Unsized(new byte[1000], type)
        : TextOf(new string('x', (int)(call.SizeBytes ?? 3)), call.MediaType ?? "text/plain");

    private static (string, string)[] HeadersOf(PolicyCall call)
    {
        var headers = new List<(string, string)>();
        if (call.Metadata is { } metadata)
        {
            headers.Add(("x-metadata", Convert.ToBase64String(Encoding.UTF8.GetBytes(metadata))));
        }

        if (call.Verbs.HasFlag(PolicyVerbs.Update))
        {
            headers.Add(("x-upsert", "true"));
        }

        return [.. headers];
    }

    private static PolicyCall Beside(PolicyCall call) =>
        call.NewKey is null ? call with { Key = call.Key + "x" } : call with { NewKey = call.NewKey + "x" };

    /// <returns>The decision's id.</returns>
    private static string ExpectRefused(PolicyCall call, Answer answer)
    {
        bool isRead = call.Verbs is PolicyVerbs.Select;
        if (isRead || answer.Code == "NoSuchKey")
        {
            answer.ExpectRefusal(404, "NoSuchKey", "not_found", "Object not found");
            Assert.False(call.Verbs.HasFlag(PolicyVerbs.Insert), $"a write is refused as one: {call}");
        }
        else
        {
            answer.ExpectRefusal(
                403, "AccessDenied", "Unauthorized",
                call.Verbs.HasFlag(PolicyVerbs.Delete) && !call.Verbs.HasFlag(PolicyVerbs.Insert) ? "Access denied" : "new row violates row-level security policy");
        }

        string decision = answer.Header("x-coffer-decision")!;
        Assert.Matches("^dec_[0-9a-z]{26}$", decision);
        return decision;
    }

    private static void ExpectExplained(PolicyCall call, string decision, JsonElement told)
    {
        Assert.Equal(decision, told.Text("id"));
        Assert.Equal(("default", call.Operation, call.Bucket), (told.Text("account"), told.Text("operation"), told.Text("bucket")));
        Assert.Equal((call.Key, call.NewKey), (told.Text("key"), told.Text("new_key")));
        Assert.Equal((call.Role, call.Subject), (told.GetProperty("caller").Text("role"), told.GetProperty("caller").Text("subject")));
        Assert.False(told.Flag("allowed"));
        Assert.NotEmpty(told.Text("reason")!);
        Assert.NotEmpty(told.Items("verdicts"));
        Assert.NotEmpty(told.Items("suggested"));
        Assert.DoesNotContain("eyJ", told.GetRawText(), StringComparison.Ordinal); // how every token begins
    }

    /// <summary>The rules, and what the calls need to find.</summary>
    private async Task PrepareAsync(PolicyCase one, params PolicyCall[] calls)
    {
        foreach (string bucket in Buckets)
        {
            await RefillAsync(bucket, [.. calls
                .Where(call => call.Bucket == bucket && !call.Verbs.HasFlag(PolicyVerbs.Insert))
                .Select(call => (call.Key, call.Owner)).Distinct()]);
        }

        await PutAsync(one.Policies, replace: true);
    }

    private async Task RefillAsync(string bucket, (string Key, string? Owner)[] objects)
    {
        if ((await Service.GetAsync($"{Root}/bucket/{bucket}")).Status is not System.Net.HttpStatusCode.OK)
        {
            (await Service.PostAsync($"{Root}/bucket", new { name = bucket })).Expect(200);
        }

        (await Service.PostAsync($"{Root}/bucket/{bucket}/empty")).Expect(200);
        foreach ((string key, string? owner) in objects)
        {
            Api api = owner is null ? Service : Service.WithKey(Tokens.Hs256(Canary.JwtSecret, new { role = "service_role", sub = owner }));
            (await api.SendObjectAsync("POST", bucket, key, "content")).Expect(200);
        }
    }

    private async Task PutAsync(string policies, bool replace) => (await Service.SendAsync(
        "PUT", "/admin/v1/policies", TextOf($$"""{"policies":{{policies}},"replace":{{(replace ? "true" : "false")}}}""", "application/json"))).Expect(200);
}
