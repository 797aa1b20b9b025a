using System.Globalization;
using System.Text;
using Coffer.Cli.Input;
using Coffer.Client;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Coffer.Cli.Output;

/// <summary>Progress of transfers on a terminal: a bar each, with rate and time left; gone when all is done.</summary>
internal sealed class TransferBars
{
    /// <summary>A single transfer below this is over before a bar could be read.</summary>
    public const long WorthwhileBytes = 1 << 20;

    private readonly ProgressContext? _context;

    private TransferBars(ProgressContext? context) => _context = context;

    /// <summary>Runs transfers, with bars if they are wanted.</summary>
    public static Task RunAsync(bool wanted, Func<TransferBars, Task> work) => wanted ? DrawAsync(work) : work(new TransferBars(null));

    /// <summary>Runs one transfer of known or unknown size under a bar of its own.</summary>
    public async Task TransferAsync(string name, long? totalBytes, Func<IProgress<TransferProgress>?, Task> transfer)
    {
        if (_context is null)
        {
            await transfer(null);
            return;
        }

        var bar = new Bar(_context.AddTask(
            Markup.Escape(Shortened(Text.Printable(name))), new ProgressTaskSettings { MaxValue = Math.Max(totalBytes ?? 1, 1) }));
        _context.Refresh(); // a quick transfer would be over before its bar was first drawn
        try
        {
            await transfer(bar);
        }
        finally
        {
            bar.Stop();
        }
    }

    private static Task DrawAsync(Func<TransferBars, Task> work)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new AmountColumn())
            .StartAsync(context => work(new TransferBars(context)));
    }

    private static string Shortened(string name) => name.Length > 40 ? name[..39] + "…" : name;

    /// <summary><c>62 %  17.9 MiB of 28.6 MiB  4.10 MiB/s  00:03</c>, or what of it is known.</summary>
    private sealed class AmountColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            var text = new StringBuilder(Sizes.Show((long)task.Value));
            if (!task.IsIndeterminate)
            {
                text.Insert(0, $"{(int)task.Percentage,3} %  ").Append($" of {Sizes.Show((long)task.MaxValue)}");
            }

            if (task.Speed is { } perSecond and >= 1)
            {
                text.Append($"  {Sizes.Show((long)perSecond)}/s");
                if (!task.IsIndeterminate && task.RemainingTime is { } left && left < TimeSpan.FromDays(1))
                {
                    text.Append(left.ToString(left.TotalHours < 1 ? "'  'mm':'ss" : "'  'h':'mm':'ss", CultureInfo.InvariantCulture));
                }
            }

            return new Markup(text.ToString());
        }
    }

    private sealed class Bar(ProgressTask task) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value)
        {
            if (value.TotalBytes is { } total)
            {
                task.MaxValue = Math.Max(total, 1);
            }
            else
            {
                task.IsIndeterminate = true;
                task.MaxValue = Math.Max(value.BytesDone, 1) + 1; // never full: nobody knows how much is to come
            }

            task.Value = value.BytesDone;
        }

        public void Stop() => task.StopTask();
    }
}
