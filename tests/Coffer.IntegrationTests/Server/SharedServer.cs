using Coffer.IntegrationTests.Server;

[assembly: AssemblyFixture(typeof(SharedServer))]

namespace Coffer.IntegrationTests.Server;

/// <summary>One server for all tests that need none of their own. They keep apart by using accounts of their own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private CofferProcess? _process;

    public CofferProcess Process => _process!;

    public Api Api => Process.Api;

    public Accounts Accounts => Process.Accounts;

    public async ValueTask InitializeAsync() => _process = await CofferProcess.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}
