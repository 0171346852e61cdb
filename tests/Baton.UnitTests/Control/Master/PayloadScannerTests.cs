// The end of a payload on its way through the master, however the bytes are torn.
using System;
using System.Text;
using Baton.Control.Master;
using Xunit;

namespace Baton.UnitTests.Control.Master;

public sealed class PayloadScannerTests
{
    [Theory]
    [InlineData("", "k v\n\n|more")]
    [InlineData("", "\n|more\n\n")]
    [InlineData("", "k v\r\n\r\n|more")]
    [InlineData("END", "k v\n\nEND \nENDE\n END\nEND\n|x")]
    [InlineData("END", "END\r\n|x")]
    [InlineData("", "no end\n ")]
    [InlineData("END", "END")]
    public void Whole_and_torn(string last, string text)
    {
        int expected = text.IndexOf('|', StringComparison.Ordinal);
        byte[] bytes = Encoding.ASCII.GetBytes(text.Replace("|", "", StringComparison.Ordinal));
        for (int piece = 1; piece <= bytes.Length; piece++)
        {
            var scanner = new PayloadScanner(Encoding.ASCII.GetBytes(last));
            int at = 0;
            bool ended = false;
            while (!ended && at < bytes.Length)
                at += scanner.Scan(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)), out ended);
            Assert.Equal((expected >= 0, expected >= 0 ? expected : bytes.Length), (ended, at));
        }
    }
}
