using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Cli;

/// <summary>A folder in which <c>coffer</c> is run, as the real process, with a server and a key set.</summary>
public sealed partial class CommandLine : IDisposable
{
    public const int SigHup = 1;
    public const int SigInt = 2;
    public const int SigTerm = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly string Coffer = Path.Combine(AppContext.BaseDirectory, "coffer");
    private readonly Dictionary<string, string?> _environment = new(StringComparer.Ordinal);

    private CommandLine(Api? api) => Api = api;

    /// <summary>What a command wrote, and how it ended.</summary>
    public sealed record Ended(int ExitCode, byte[] Bytes, string Errors)
    {
        public string Output => Encoding.UTF8.GetString(Bytes);

        /// <summary>Output without its last line end, for a command that prints one line.</summary>
        public string Line => Output.TrimEnd('\n');

        public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Bytes);

        public JsonElement Error => JsonSerializer.Deserialize<JsonElement>(Errors).GetProperty("error");

        /// <summary>Fails, showing what was said, unless it ended like this.</summary>
        public Ended Expect(int exitCode = 0)
        {
            Assert.True(ExitCode == exitCode, $"expected exit code {exitCode}, got {ExitCode}\nstdout: {Output}\nstderr: {Errors}");
            return this;
        }

        /// <summary>Fails unless exactly one line was said, as a person reads it.</summary>
        public Ended ExpectError(int exitCode, string line)
        {
            Expect(exitCode);
            Assert.Equal($"coffer: {line}\n", Errors);
            return this;
        }
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("coffer-command-").FullName;

    /// <summary>The same account over HTTP; null without a server.</summary>
    public Api? Api { get; }

    /// <summary>On an account of its own of this server.</summary>
    public static async Task<CommandLine> OnAsync(CofferProcess server) => On(server, await server.Accounts.NewAsync());

    /// <summary>With a key of this server.</summary>
    public static CommandLine On(CofferProcess server, Api api)
    {
        var line = new CommandLine(api);
        line.Set("COFFER_URL", server.BaseUrl.ToString());
        line.Set("COFFER_API_KEY", api.Token);
        return line;
    }

    /// <summary>Without a server, a key or a data folder.</summary>
    public static CommandLine Bare() => new(null);

    public CommandLine Set(string name, string? value)
    {
        _environment[name] = value;
        return this;
    }

    public string PathOf(string name) => Path.Combine(Folder, name);

    public byte[] Read(string name) => File.ReadAllBytes(PathOf(name));

    /// <summary>Makes a file in the folder.</summary>
    public string Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllBytes(PathOf(name), bytes);
        return name;
    }

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Runs it with pipes all around, and nothing on stdin.</summary>
    public Task<Ended> RunAsync(params string[] arguments) => RunAsync([], arguments);

    /// <summary>Runs it with this piped in.</summary>
    public async Task<Ended> RunAsync(byte[] input, params string[] arguments)
    {
        using Process process = Start(arguments);
        await process.StandardInput.BaseStream.WriteAsync(input);
        process.StandardInput.Close();
        return await EndAsync(process);
    }

    /// <summary>Runs a line of shell in which <c>coffer</c> is the command.</summary>
    public Task<Ended> ShellAsync(string line) => EndAsync(StartProgram("/bin/sh", "-c", line));

    /// <summary>Runs it on a terminal of its own, where stdout and stderr are one.</summary>
    /// <param name="typed">What is typed there.</param>
    public async Task<Ended> OnTerminalAsync(string typed, params string[] arguments)
    {
        string command = string.Join(' ', arguments.Prepend(Coffer).Select(static word => $"'{word}'"));
        using Process process = StartProgram("script", "-qec", command, "/dev/null");
        await process.StandardInput.WriteAsync(typed);
        await process.StandardInput.FlushAsync(); // not closed: that would type an end of file while the command still works
        Ended ended = await EndAsync(process);
        return ended with { Bytes = Encoding.UTF8.GetBytes(ended.Output.Replace("\r\n", "\n", StringComparison.Ordinal)) };
    }

    /// <summary>Starts a line of shell on a terminal of its own, whose keyboard is the process's stdin.</summary>
    public Process OpenTerminal(string line) => StartProgram("script", "-qec", line, "/dev/null");

    /// <summary>Starts it, with a Ctrl-C that is not ignored, whatever started the tests.</summary>
    public Process Start(params string[] arguments) => StartProgram("env", ["--default-signal=INT", "--default-signal=HUP", Coffer, .. arguments]);

    /// <summary>Sends Ctrl-C's signal, or another.</summary>
    public static void Interrupt(Process process, int signal = SigInt) => Assert.Equal(0, Kill(process.Id, signal));

    public static async Task<Ended> EndAsync(Process process)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            using var output = new MemoryStream();
            Task<string> errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.StandardOutput.BaseStream.CopyToAsync(output, patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return new Ended(process.ExitCode, output.ToArray(), await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    private Process StartProgram(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(IsOfTheOutside).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["TERM"] = "xterm";
        start.Environment["PATH"] = AppContext.BaseDirectory + Path.PathSeparator + start.Environment["PATH"];
        foreach ((string name, string? value) in _environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static bool IsOfTheOutside(string name) =>
        name.StartsWith("COFFER_", StringComparison.Ordinal) || name.StartsWith("RUNLOOP_", StringComparison.Ordinal)
        || name is "NO_COLOR" or "CI" or "COLUMNS" or "GITHUB_ACTIONS";
}
