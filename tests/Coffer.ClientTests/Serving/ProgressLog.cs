using Coffer.Client;

namespace Coffer.ClientTests.Serving;

/// <summary>Keeps every report, in order.</summary>
internal sealed class ProgressLog : IProgress<TransferProgress>
{
    public List<TransferProgress> Reports { get; } = [];

    public void Report(TransferProgress value) => Reports.Add(value);
}
