// How a message is compressed: the words behind "compression algo".
namespace Baton.Configuration.Model;

public enum CompressionAlgorithm : byte
{
    /// <summary>Not at all, and said to be: for those who look for faults.</summary>
    Identity,
    Gzip,

    /// <summary>With zlib's header.</summary>
    Deflate,

    /// <summary>Without it, under the same name.</summary>
    RawDeflate,
}
