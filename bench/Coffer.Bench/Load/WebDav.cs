using System.Globalization;
using Coffer.Bench.Servers;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Bench.Load;

/// <summary>Rounds of nginx's WebDAV PUT of different bytes under unique names, spread over 256 folders.</summary>
internal sealed class WebDav
{
    private const int Folders = 256;
    private readonly NginxServer _server;
    private readonly string _files;
    private int _run;

    /// <param name="folder">That the server was started in.</param>
    public WebDav(NginxServer server, string folder)
    {
        _server = server;
        _files = Path.Combine(folder, "www");
        foreach (int name in Enumerable.Range(0, Folders))
        {
            Directory.CreateDirectory(Path.Combine(_files, name.ToString(CultureInfo.InvariantCulture)));
        }
    }

    /// <param name="thenSync">Whether each file is synced after its PUT, as part of the operation.</param>
    public Round Put(int size, TimeSpan duration, bool thenSync = false)
    {
        int run = _run++;
        using var connections = new Connections(_server);
        return Measure.Once(() => _server.Cpu, () => ClosedLoop.Run(Setup.Connections, duration, worker =>
        {
            byte[] bytes = Incompressible.Make(size, worker);
            long seed = worker;
            return () =>
            {
                Incompressible.Fill(bytes, seed += Setup.Connections);
                string name = string.Create(CultureInfo.InvariantCulture, $"{seed % Folders}/{run}-{seed}");
                ObjectsApi.Expect(connections[worker].Send("PUT", $"/{name}", "", bytes), "the WebDAV PUT");
                if (thenSync)
                {
                    using SafeFileHandle file = File.OpenHandle(Path.Combine(_files, name), FileMode.Open, FileAccess.ReadWrite);
                    RandomAccess.FlushToDisk(file);
                }
            };
        }));
    }
}
