using System.Diagnostics;
using System.Globalization;

namespace Coffer.DevboxTests;

/// <summary>The part of a server that mounts, in a process of its own that can be killed.</summary>
internal sealed class ChildServer : IDisposable
{
    private readonly Process _process;

    /// <param name="program">The folder of the program.</param>
    /// <param name="uid">The user of its devboxes; null for its own.</param>
    /// <param name="under">A program that starts it, with arguments.</param>
    public ChildServer(string program, string folder, int? uid, string[] under)
    {
        string[] words =
        [
            .. under,
            Path.Combine(program, "Coffer.DevboxTests.Child"),
            folder,
            uid?.ToString(CultureInfo.InvariantCulture) ?? "-",
        ];
        _process = Process.Start(new ProcessStartInfo(words[0], words[1..])
        {
            WorkingDirectory = "/",
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("open", Read());
    }

    public ChildServer(string folder, int? uid, params string[] under)
        : this(AppContext.BaseDirectory, folder, uid, under)
    {
    }

    public int Id => _process.Id;

    public string Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        return Read();
    }

    public void Ask(string command, string expected) => Assert.Equal(expected, Ask(command));

    public void End()
    {
        _process.StandardInput.WriteLine("end");
        _process.StandardInput.Flush();
        Assert.True(_process.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(0, _process.ExitCode);
    }

    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }

    private string Read() =>
        _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the child ended");
}
