using Coffer.Archives;

namespace Coffer.UnitTests.Archives;

public sealed class ArchiveProbeTests
{
    [Fact]
    public void The_beginning_tells_what_it_is()
    {
        byte[] tar = new TarBuilder().Entry('0', "a", Samples.Random(500_000)).Entry('0', "b", Samples.Text(900_000)).End();

        Assert.Equal(ArchiveKind.Tar, Probe(tar));
        Assert.Equal(ArchiveKind.TarGzip, Probe(Samples.Gzip(tar)));
        Assert.Equal(ArchiveKind.TarGzip, Probe(Samples.Gzip(new TarBuilder().End())));
        Assert.Equal(ArchiveKind.Gzip, Probe(Samples.Gzip(Samples.Text(900_000))));
        Assert.Equal(ArchiveKind.Gzip, Probe(Samples.Gzip([])));
        Assert.Null(Probe(Samples.Text(900_000)));
        Assert.Null(Probe([]));
        Assert.Null(Probe([0x1F, 0x8B]));
        Assert.Null(Probe(tar[..511]));
    }

    private static ArchiveKind? Probe(byte[] archive) => ArchiveProbe.KindOf(archive.AsSpan(0, Math.Min(archive.Length, ArchiveProbe.Bytes)));
}
