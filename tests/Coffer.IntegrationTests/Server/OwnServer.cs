namespace Coffer.IntegrationTests.Server;

/// <summary>A server for the tests of one class, which look into its folder or need its state for themselves.</summary>
public class OwnServer : IAsyncLifetime
{
    private CofferProcess? _process;

    public CofferProcess Process => _process!;

    public Api Api => Process.Api;

    protected virtual ServerSetup Setup => new();

    public async ValueTask InitializeAsync() => _process = await CofferProcess.StartAsync(Setup);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}
