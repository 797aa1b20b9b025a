using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Clients;

/// <summary>A real browser: pages of another origin use the Storage API and send in pieces, and what is uploaded runs nowhere.</summary>
public sealed class BrowserTests(SharedServer server)
{
    [Theory]
    [InlineData("browser-page.mjs")]
    [InlineData("browser-active.mjs")]
    [InlineData("browser-tus.mjs")]
    public async Task Chromium_works(string script)
    {
        string? chromium = RunCommand.Find("chromium");
        Assert.SkipUnless(chromium is not null, "chromium is not installed: apt-get install chromium");

        await NodeScript.RunAsync(script, server.Process, (await server.Accounts.NewAsync()).Token, [], ("CHROMIUM", chromium));
    }
}
