// "baton help [WORD...]": explains a word of the configuration language, or says how to ask.
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Control.Reference;
using Baton.Interop.Linux;

namespace Baton.Commands;

internal static class HelpCommand
{
    /// <summary>Exit status: 0 when the word exists, 1 otherwise.</summary>
    public static int Run(string[] words)
    {
        List<KnownKeyword> rows = KeywordReference.Build();
        if (words.Length == 0)
        {
            StandardStreams.Out(HelpText.Overview(rows));
            return 0;
        }
        if (!HelpText.TryFind(rows, words, out string text))
        {
            StandardStreams.Error(text);
            return 1;
        }
        StandardStreams.Out(text);
        return 0;
    }
}
