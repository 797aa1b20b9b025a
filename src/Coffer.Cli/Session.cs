using System.CommandLine;
using System.CommandLine.Parsing;
using Coffer.Cli.Connection;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli;

/// <summary>One run of one verb: what was asked, the server it is asked of, where the answer goes.</summary>
internal sealed class Session(ParseResult parsed, CancellationToken cancellationToken) : IDisposable
{
    private readonly ErrorOutput _errors = new(parsed.GetValue(GlobalOptions.Json));
    private ServerConnection? _connection;
    private CofferClient? _client;

    public CancellationToken Cancelled => cancellationToken;

    public ResultOutput Out { get; } = new(parsed.GetValue(GlobalOptions.Json), parsed.GetValue(GlobalOptions.Quiet));

    /// <summary>How the run ends, by what was reported so far.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Calls with the service key; the same client for the whole run.</summary>
    /// <exception cref="UsageException">Nothing says which key to use.</exception>
    public CofferClient Client => Connect(KeyKind.Service);

    /// <summary>Calls with the operator key. A run uses this or <see cref="Client"/>, never both.</summary>
    /// <exception cref="UsageException">Nothing says which key to use.</exception>
    public CofferClient OperatorClient => Connect(KeyKind.Operator);

    /// <summary>Where the key of the calls was found; null before the first.</summary>
    public string? KeySource => _connection?.KeySource;

    /// <summary>The command line as far as it names a verb, such as <c>coffer key create</c>.</summary>
    public static string VerbOf(ParseResult parsed)
    {
        var names = new List<string>();
        for (SymbolResult? at = parsed.CommandResult; at is not null; at = at.Parent)
        {
            names.Insert(0, at is CommandResult { Command: var command and not RootCommand } ? command.Name : "coffer");
        }

        return string.Join(' ', names);
    }

    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    public T Value<T>(Argument<T> argument) => parsed.GetValue(argument)!;

    /// <summary>Does the same with each of several things; one that fails is reported by its name and the rest goes on.</summary>
    /// <remarks>What fails all alike (no server, a wrong key, Ctrl-C, a closed pipe) ends the run at once.</remarks>
    public Task ForEachAsync(IEnumerable<string> items, Func<string, Task> work) => ForEachAsync(items, static item => item, work);

    /// <inheritdoc cref="ForEachAsync(IEnumerable{string}, Func{string, Task})"/>
    /// <param name="name">By what an item is reported when it fails.</param>
    public async Task ForEachAsync<T>(IEnumerable<T> items, Func<T, string> name, Func<T, Task> work)
    {
        foreach (T item in items)
        {
            try
            {
                await work(item);
            }
            catch (Exception failure) when (ReportOf(failure) is { EndsRun: false } report)
            {
                Write(Naming(name(item), report));
            }
        }
    }

    /// <summary>The same with several of them at once. The items do not wait for each other.</summary>
    /// <param name="name">By what an item is reported when it fails.</param>
    public Task InParallelAsync<T>(
        IEnumerable<T> items, int atOnce, Func<T, string> name, Func<T, CancellationToken, Task> work) =>
        Parallel.ForEachAsync(
            items,
            new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken },
            async (item, ended) =>
            {
                try
                {
                    await work(item, ended);
                }
                catch (Exception failure) when (ReportOf(failure) is { EndsRun: false } report)
                {
                    Write(Naming(name(item), report));
                }
            });

    /// <summary>Says what went wrong and keeps the exit code.</summary>
    public void Fail(Exception failure) => Write(ReportOf(failure));

    /// <summary>Ends with the exit code of a refusal, which was printed as the result that was asked for.</summary>
    public void Refuse() => ExitCode = ExitCodes.Failed;

    /// <summary>Ends with the exit code of a command that ran elsewhere.</summary>
    public void EndAs(int exitCode) => ExitCode = exitCode;

    /// <summary>Says that something here is no file that could be stored; the rest is done, and it is no failure.</summary>
    public void LeaveOut(string path) => Write(
        new Report($"{Text.Printable(path)}: left out, because it is a pipe, a socket or a device", ExitCodes.Done) { Code = "left_out" });

    /// <summary>Says what may be a mistake of whoever typed; what was asked is done, and it is no failure.</summary>
    public void Warn(string message, string code) => Write(new Report(message, ExitCodes.Done) { Code = code, IsWarning = true });

    /// <summary>A line for people at a terminal; nobody else gets it.</summary>
    public void Hint(string text)
    {
        if (Out.CanDraw)
        {
            Console.Error.WriteLine(text);
        }
    }

    public void Dispose()
    {
        _client?.Dispose();
        Out.Dispose();
    }

    private CofferClient Connect(KeyKind kind)
    {
        if (_client is null)
        {
            _connection = ServerConnection.Resolve(
                parsed.GetValue(GlobalOptions.Url), parsed.GetValue(GlobalOptions.Key), parsed.GetValue(GlobalOptions.Data), kind,
                Environment.GetEnvironmentVariable);
            _client = _connection.Open();
        }

        return _client;
    }

    private static Report Naming(string item, Report report) =>
        report.Message.Contains(item, StringComparison.Ordinal) ? report : report with { Message = $"{Text.Printable(item)}: {report.Message}" };

    private Report ReportOf(Exception failure) => Report.Of(failure, VerbOf(parsed), _connection, cancellationToken);

    private void Write(Report report)
    {
        lock (_errors)
        {
            _errors.Write(report);
            if (report.ExitCode != ExitCodes.Done)
            {
                ExitCode = report.ExitCode; // a reader that has left makes nothing good that failed before
            }
        }
    }
}
