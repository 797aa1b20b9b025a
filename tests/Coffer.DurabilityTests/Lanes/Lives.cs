using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Coffer.DurabilityTests.Shim;
using Coffer.IntegrationTests.Server;

namespace Coffer.DurabilityTests.Lanes;

/// <summary>
/// Servers on one disk, one after the other, each from its start to its end. They are those of the command, but in one process:
/// most of the time that a small run takes goes into compiling a server anew.
/// </summary>
internal sealed class Lives : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Channel<string> _said = Channel.CreateUnbounded<string>();
    private readonly StringBuilder _log = new();
    private volatile bool _hasEnded = true;

    public Lives()
    {
        Server = Serve.In(Disk.Root);
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Coffer.DurabilityTests.Lives"))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Server.SetEnvironment(start);
        Disk.Attach(start);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public ShimmedDisk Disk { get; } = new();

    /// <summary>Address, keys and folder of all of them. It was never started itself.</summary>
    public CofferProcess Server { get; }

    /// <summary>Whether the present one has ended, or none was started.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>What was logged since the disk was last made empty.</summary>
    public string Log
    {
        get
        {
            lock (_log) return _log.ToString();
        }
    }

    /// <summary>Makes the disk as good as new, after the present server has ended.</summary>
    public void Clear()
    {
        Disk.Clear();
        lock (_log) _log.Clear();
    }

    /// <summary>Starts one; false when it refused and said why.</summary>
    public async Task<bool> TryStartAsync()
    {
        _process.StandardInput.WriteLine("serve");
        string said = await HearAsync();
        _hasEnded = said != "serving";
        Note(said);
        return said == "serving" || (said.StartsWith("refused ", StringComparison.Ordinal) ? false : throw Unexpected(said));
    }

    /// <summary>Asks the present one to end, if it has not, and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        _process.StandardInput.WriteLine("end");
        string said = await HearAsync();
        return said.StartsWith("ended ", StringComparison.Ordinal) ? int.Parse(said.AsSpan(6), CultureInfo.InvariantCulture) : throw Unexpected(said);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        await Server.DisposeAsync();
        Disk.Dispose();
    }

    private InvalidOperationException Unexpected(string said) => new($"the process said \"{said}\"\n{Log}");

    private async Task<string> HearAsync()
    {
        try
        {
            return await _said.Reader.ReadAsync().AsTask().WaitAsync(Patience);
        }
        catch (ChannelClosedException closed)
        {
            throw new InvalidOperationException($"the process broke down\n{Log}", closed);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"the server neither serves nor ends after {Patience.TotalSeconds} s\n{Log}", late);
        }
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            _hasEnded = true;
            _said.Writer.Complete();
            return;
        }

        if (line.StartsWith("ended ", StringComparison.Ordinal)) _hasEnded = true;
        _said.Writer.TryWrite(line);
    }

    private void Note(string? line)
    {
        lock (_log) _log.AppendLine(line);
    }
}
