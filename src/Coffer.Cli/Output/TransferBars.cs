using System.Globalization;
using System.Text;
using Coffer.Cli.Input;
using Coffer.Client;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Coffer.Cli.Output;

/// <summary>
/// Progress of transfers on a terminal: a bar each, with rate and time left, and one for all the small files together, when there
/// are many; gone when all is done.
/// </summary>
internal sealed class TransferBars
{
    /// <summary>A single transfer below this is over before a bar could be read.</summary>
    public const long WorthwhileBytes = 1 << 20;

    /// <summary>From here on small files take long enough together for a bar that counts them.</summary>
    public const int ManyFiles = 10;

    private readonly ProgressContext? _context;
    private readonly ProgressTask? _files;

    private TransferBars(ProgressContext? context, int small, string label)
    {
        _context = context;
        _files = small >= ManyFiles ? context?.AddTask(label, new ProgressTaskSettings { MaxValue = small }) : null;
    }

    /// <summary>Runs transfers, with bars if they are wanted.</summary>
    /// <param name="small">How many of the transfers are below <see cref="WorthwhileBytes"/>.</param>
    /// <param name="label">What the bar that counts those is called.</param>
    public static Task RunAsync(bool wanted, int small, string label, Func<TransferBars, Task> work) =>
        wanted ? DrawAsync(small, label, work) : work(new TransferBars(null, small, label));

    /// <summary>Whether so many transfers, so many of them small, take long enough together.</summary>
    public static bool AreWorthwhile(int count, int small) => small < count || small >= ManyFiles;

    /// <summary>Runs one transfer of known or unknown size, under a bar of its own unless it is small.</summary>
    public async Task TransferAsync(string name, long? totalBytes, Func<IProgress<TransferProgress>?, Task> transfer)
    {
        if (_context is null || totalBytes < WorthwhileBytes)
        {
            _context?.Refresh();
            await transfer(null);
            _files?.Increment(1);
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

    private static Task DrawAsync(int small, string label, Func<TransferBars, Task> work)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new AmountColumn(isFirstOfFiles: small >= ManyFiles))
            .StartAsync(context => work(new TransferBars(context, small, label)));
    }

    private static string Shortened(string name) => name.Length > 40 ? name[..39] + "…" : name;

    /// <summary><c>62 %  17.9 MiB of 28.6 MiB  4.10 MiB/s  00:03</c>, or what of it is known; <c>12 of 300</c> for files.</summary>
    private sealed class AmountColumn(bool isFirstOfFiles) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            if (isFirstOfFiles && task.Id == 0)
            {
                return new Markup(string.Create(CultureInfo.InvariantCulture, $"{(int)task.Value} of {(int)task.MaxValue}"));
            }

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
