using System.Text;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

/// <summary>Keys, unknown paths and the shape of errors.</summary>
public sealed class ErrorShapeTests(SharedServer server)
{
    private readonly Api _api = server.Api;

    [Fact]
    public async Task A_key_may_hold_spaces()
    {
        Assert.Contains(' ', Canary.ApiKey);
        (await _api.GetAsync("/v1/objects?limit=1")).Expect(200);
    }

    [Theory]
    [InlineData(null), InlineData("Bearer"), InlineData("Bearer "), InlineData("Bearer nonsense"), InlineData("Basic dXNlcjpwYXNz"), InlineData("nonsense")]
    [InlineData("bearer-token x"), InlineData("Bearer obj_00000000000000000000000000")]
    public async Task Without_a_known_key_the_answer_is_401(string? authorization)
    {
        (string, string)[] headers = authorization is null ? [] : [("Authorization", authorization)];
        Api nobody = _api.WithKey(null);

        foreach (string path in new[] { "/v1/objects", "/v1/objects/list_public", "/v1/objects/obj_00000000000000000000000000" })
        {
            Answer answer = (await nobody.GetAsync(path, headers)).ExpectError(401, "not_authenticated");
            Assert.Equal("Bearer", answer.Header("WWW-Authenticate"));
        }
    }

    [Fact]
    public async Task A_key_of_100_KB_is_refused_without_harm()
    {
        await using RawHttp raw = await RawHttp.ConnectAsync(server.Process);
        await raw.SendAsync($"GET /v1/objects HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {new string('k', 100_000)}\r\n\r\n");

        await raw.RefusedUnreadAsync(431);
        (await _api.GetAsync("/v1/objects?limit=1")).Expect(200);
    }

    [Theory]
    [InlineData("/v1/objects/a%00b"), InlineData("/v1/objects/\u0080"), InlineData("/v1/objects?name=\u0080"), InlineData("/v1/objects/%00/content")]
    public async Task What_is_no_HTTP_is_refused_empty_and_nothing_else_happens(string target)
    {
        await using CofferProcess own = await CofferProcess.StartAsync();
        foreach (string method in new[] { "GET", "PUT", "DELETE" })
        {
            await using RawHttp raw = await RawHttp.ConnectAsync(own);
            await raw.SendAsync(Encoding.Latin1.GetBytes(
                $"{method} {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nAuthorization: Bearer {Canary.ApiKey}\r\n\r\n"));

            await raw.RefusedUnreadAsync(400);
        }

        (await own.Api.GetAsync("/v1/objects?limit=1")).Expect(200);
        RequestLine[] requests = await RequestLine.WhenAsync(own, lines => lines.Any(line => line.Operation == "objects.list"));
        Assert.All(requests, line => Assert.True(line.Operation is "objects.list" or "health.live"));
        Assert.DoesNotContain("\"level\":\"error\"", own.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("\"level\":\"warning\"", own.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/_stainless_unknown_path"), InlineData("/v1"), InlineData("/v1/"), InlineData("/v1/unknown"), InlineData("/v1/objects/a/b"), InlineData("/v2/objects")]
    [InlineData("/"), InlineData("/favicon.ico"), InlineData("/admin/v1/unknown"), InlineData("/v1/blueprints"), InlineData("/V1/nothing")]
    public async Task An_unknown_path_is_404_in_JSON_with_every_method(string path)
    {
        foreach (string method in new[] { "GET", "POST", "PUT", "DELETE", "PATCH" })
        {
            (await _api.SendAsync(method, path)).ExpectError(404, "not_found");
        }
    }

    [Fact]
    public async Task A_method_that_a_path_does_not_have_is_405_in_JSON() =>
        (await _api.SendAsync("PUT", "/v1/objects")).ExpectError(405, "method_not_allowed");

    [Fact]
    public async Task The_callers_request_id_comes_back_and_a_new_one_otherwise()
    {
        Assert.Equal("my-own-id", (await _api.GetAsync("/v1/objects?limit=1", ("x-request-id", "my-own-id"))).Header("x-request-id"));
        Assert.NotEmpty((await _api.GetAsync("/v1/objects?limit=1")).Header("x-request-id")!);
    }

    [Fact]
    public async Task Answers_are_JSON_in_UTF_8()
    {
        CreatedObject created = await _api.CreateAsync("Übung 🎉");
        Answer answer = await _api.RetrieveAsync(created.Id);

        Assert.Equal("application/json", answer.ContentHeaders.ContentType?.MediaType);
        Assert.Contains("Übung", answer.Text, StringComparison.Ordinal);
        Assert.Equal($"{answer.Body.Length}", answer.Header("Content-Length"));
    }

    [Theory]
    [InlineData("1.1"), InlineData("2.0")]
    public async Task One_port_speaks_HTTP_1_1_and_HTTP_2(string version)
    {
        Answer answer = await _api.SendAsync("GET", "/v1/objects?limit=1", version: Version.Parse(version));

        Assert.Equal(Version.Parse(version), answer.Expect(200).Version);
    }
}
