"""Training of the model that reads a question and a sentence together (``knowledge/reading``, decision 0025).

Questions are read (``questions``), put beside right and wrong sentences (``drawing``), some said in other words
(``rewording``), and the upper layers of the embedding model learn to tell them apart (``training``). Tokens, lower
layers and head are the product's own, so what is learned is what is read.

No training data is part of the project. The shipped weights come from SQuAD 1.1 (Rajpurkar and others, 2016, arXiv
1606.05250, CC BY-SA 4.0) and, for other words, from counter-fitted vectors (Mrkšić and others, 2016, arXiv
1603.00892); the division of layers follows DeFormer (Cao and others, 2020, arXiv 2005.00697).
"""
