using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Clients;

/// <summary>The published @supabase/storage-js and @supabase/supabase-js, with nothing but address and key given.</summary>
public sealed class StorageNpmClientTests(SharedServer server)
{
    [Theory]
    [InlineData("storage-buckets.mjs")]
    [InlineData("storage-objects.mjs")]
    [InlineData("storage-links.mjs")]
    [InlineData("supabase.mjs")]
    public async Task The_published_client_works(string script) =>
        await NodeScript.RunAsync(script, server.Process, (await server.Accounts.NewAsync()).Token);
}
