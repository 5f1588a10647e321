"""Hostile input without end: python benchmarks/fuzz.py [--inputs N] [--queries N] [--folders N] [--seed N] [--jobs N].

Changed texts go through every registered reader, through the reader of uploads, through what recognises a file, and
through the functions that make a text readable and comparable; changed queries through the parsers and a search, changed
model folders through everything that precedes a graph. A crash is any exception but the project's own; a hang is an
input that takes over 1 s of the processor, however long others kept it; memory is what a worker ever held, at most
500 MB. The same seed gives the same inputs. Exits with 1 if there was any crash, hang or excess, and says how to see it.
Own texts are the seeds; with BROADSHEET_DATA set, pieces of the real samples in ``feeds`` are too.
"""

# ruff: noqa: E501 - seeds are as long as they are

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import resource
import shutil
import signal
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest.mock import patch
from xml.etree import ElementTree

import numpy as np
from common import DATA, head, versions
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from broadsheet import __version__, names, shelf
from broadsheet.collection import open_collection
from broadsheet.core.addresses import lookup, parted
from broadsheet.core.errors import BroadsheetError
from broadsheet.core.query import ask
from broadsheet.core.text import plain, readable
from broadsheet.core.types import BadRecord, Document
from broadsheet.encoders.bert import BertEncoder
from broadsheet.encoders.facts import read_weights
from broadsheet.encoders.static import StaticEncoder
from broadsheet.http import Response
from broadsheet.search.hybrid import search
from broadsheet.sources.library_file import read_library
from broadsheet.sources.recognise import full_name, kind_of
from broadsheet.sync import sync

SEED, SLOW, MOST = 20_261_129, 1.0, 500.0  # seconds of the processor for one input; MB of a worker
STUCK, LOST = 10, 60  # seconds of the processor after which an input is broken off, and a worker that cannot be
SHARES = {  # of inputs: readers that take longer get fewer, those of many tables and answers more; others 1
    "bibtex": 0.1, "feed": 0.15, "upload": 0.05, "csv": 2.0, "jsonl": 2.0,
}  # fmt: skip
TYPED = 300  # bytes of what is typed where a source or a paper is asked for
CHUNK, LONGEST, PIECE = 500, 200_000, 2_000
NASTY = [
    b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r", b"\n", b"\t", b'"', b"'", b"{", b"}", b"[", b"]", b"<", b">",
    b"&", b"&#0;", b"&#xD800;", b"&x;", b"]]>", b"<!--", b"<![CDATA[", b"<!ENTITY x 'y'>", b",", b";", b"=", b"@", b"#", b"\\",
    b"%", b"$", b"~", b"-1", b"0", b"1e400", b"NaN", b"null", b"true", b"9" * 400, b"0000-00-00", b"9999-99-99",
    b"10.1234/", b"arXiv:", b"https://", b"//", b"../", b"ER  - ", b"TY  - ", b"UK  - x", b"PT J", b"@comment{", b"\\'",
    "\u202e".encode(), "\u0301".encode() * 9, "\u200b".encode(), "ﷺ".encode(), "İß".encode(), "中文".encode(),
    "\U0001f9d1\u200d\U0001f4bb".encode(), "\u2028".encode(), "\ufffe".encode(), "ﬁ".encode(), b"utf-16", b"encoding=",
]  # fmt: skip


TEXTS = [
    "", " ", "0", "-1", "9" * 400, "0000-00-00", "9999-99-99", "2020-02-30", "13", "Smarch", "10.1234/", "arXiv:2401.00001v999999",
    "x" * 2_000, "a, b; c and d " * 400, "\u202e\u0301", "ﷺ İß", "<b>&amp;</b>", "$" * 999, "{" * 999, "\\'e" * 400, "https://[", "()" * 500,
]  # fmt: skip


def three(before: str, each: str, after: str = "", between: str = "") -> bytes:
    """A file of three records, in each of which ``%`` is one word of three."""
    return (before + between.join(each.replace("%", word) for word in ("One", "Two", "Three")) + after).encode()


SEEDS: dict[str, tuple[str, list[bytes]]] = {
    "bibtex": ("refs.bib", [
        three("@string{j = {Owls}}\n", '@article{%, title={% {Owls} and \\"a $x_1$}, author={Ada Roe and Bo de Lee}, '
              "journal=j # \"y\", year=2020, month=feb, doi={10.1234/%}, crossref={z}, url={http://a.test/%}}\n"),
        three("", "@InProceedings(%, title = \"% \\& mice\", editor = {{The Society}}, booktitle = {Proc. of %}, "
              "pages = {1--9}, eprint = {2401.0000%}, archivePrefix = {arXiv})\n"),
    ]),
    "ris": ("refs.ris", [
        three("", "TY  - JOUR\nTI  - % owls\nAU  - Roe, Ada\nUR  - http://a.test\nDA  - 2020/1/2/\nDO  - 10.1234/%\nER  - \n"),
        three("FN x\nVR 1.0\n", "PT J\nTI % owls\nAU Roe, A\n   Lee, B\nPY 2020\nDI 10.1234/%\nER\n\n", "EF"),
        three("", "PMID- 1\nTI  - % owls\nAU  - Roe A\nFAU - Roe, Ada\nDP  - 2020 Jan\nAB  - Words of\n      owls.\n\n"),
    ]),
    "csv": ("papers.csv", [
        three("title,authors,date,doi,n\n", '"% owls","Roe, Ada; Lee, Bo",2020-01-02,10.1234/%,1\n'),
        three("sep=;\nTitle;Abstract;Author(s);Publication Year\n", '"% owls";"of ""night""";"Roe, A.";2020\n'),
        three("PT\tAU\tTI\tSO\tPY\tDI\n", "J\tRoe, A\t% owls\tOwls\t2020\t10.1234/%\n"),
        three("PT\tAU\tAF\tTI\tSO\tDT\tDE\tID\tAB\tSN\tEI\tPY\tVL\tIS\tBP\tEP\tDI\tPM\tUT\n",
              "J\tRoe, A; Lee, B\tRoe, Ada; Lee, Bo\t% owls\tOWLS\tArticle; Early Access\towls; night\tBIRDS\tText of %.\t"
              "1234-5678\t2345-678X\t2020\t4\t2\t11\t19\t10.1234/%\t31000001\tWOS:00051%\n"),
        three('Publication Type,Authors,Author Full Names,Article Title,Source Title,Publication Year,UT (Unique WOS ID)\n',
              'J,"Roe, A; Lee, B","Roe, Ada; Lee, Bo",% owls,OWLS,2020,WOS:00051%\n'),
        three('"Authors","Author full names","Author(s) ID","Title","Year","Source title","Volume","Issue","Art. No.","Page '
              'start","Page end","Cited by","DOI","Link","Abstract","Author Keywords","Document Type","EID"\n',
              '"Roe A.; Lee B.","Roe, Ada (57200000001); Lee, Bo (57200000002)","57200000001; 57200000002","% owls","2020",'
              '"Owls","4","2","","11","19","7","10.1234/%","https://www.scopus.com/inward/record.uri?eid=2-s2.0-1","[No '
              'abstract available]","owls; night","Conference paper","2-s2.0-850%"\n'),
        three('"About the data: exported on Jan 02, 2026",,,,,,,\nPublication ID,DOI,PMID,Title,Abstract,Source title,Publication '
              'date,PubYear,Authors,Publication Type\n', 'pub.1123,10.1234/%,31000001,% owls,Text.,Owls,2020-02,2020,"Roe, Ada; '
              'Lee, Bo",Article\n'),
        three("id,doi,title,display_name,publication_year,publication_date,type,language,is_retracted,abstract,authorships."
              "author.display_name,primary_location.source.display_name,primary_location.landing_page_url,topics.display_name\n",
              'https://openalex.org/W1,https://doi.org/10.1234/%,% owls,% owls,2020,2020-02-03,article,en,False,Text.,Ada Roe|Bo '
              "Lee,Owls,https://arxiv.org/abs/2001.00001,Birds|Night\n"),
        three('"Key","Item Type","Publication Year","Author","Title","Publication Title","ISBN","ISSN","DOI","Url","Abstract '
              'Note","Date","Pages","Issue","Volume","Extra","Manual Tags"\n', '"ABCD123%","journalArticle","2020","Roe, Ada; Lee, '
              'Bo","% <i>owls</i>","Owls","","1234-5678","10.1234/%","http://a.test","Text","2020-02-03","11-19","2","4",'
              '"arXiv:2001.00001 [cs]\nPMID: 31000001","owls; night"\n'),
        three("PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,PMCID,NIHMS ID,DOI\n",
              '31000001,% owls.,"Roe A, Lee B.",Owls. 2020 Feb;4(2):11-19.,Roe A,Owls,2020,2020/02/03,PMC7000001,,10.1234/%\n'),
        three('"Document Title",Authors,"Author Affiliations","Publication Title","Publication Year","Start Page","End Page",'
              '"Abstract","ISSN",DOI,"PDF Link","Author Keywords"\n', '"% owls","A. Roe; B. Lee","x; y","Proc. Owls",2020,11,19,'
              '"Text",1234-5678,10.1234/%,https://ieeexplore.ieee.org/stamp/stamp.jsp?arnumber=9000001,"owls;night"\n'),
        three("type,id,author,editor,title,journal,issue_date,volume,issue_no,pages,article_no,num_pages,keywords,doi,year\n",
              'article,10.1145/%,"Roe, Ada and Lee, Bo",,% owls,Owls,February 2020,4,2,11--19,5,9,"owls, night",10.1145/%,2020\n'),
        three('"Article Title","Author","Journal Title","ISSN","Publication Date","Volume","Issue","Accession Number","Doctype",'
              '"DOI","PLink","Abstract"\n', '"% owls","Roe, Ada; Lee, Bo","Owls","1234-5678","20200203","4","2","1400000%","Article"'
              ',"10.1234/%","https://search.test/login?AN=14","Text"\n'),
        three('#,Jurisdiction,"Lens ID",Title,Date Published,Publication Year,Publication Type,Source Title,ISSNs,Author/s,DOI,PMID\n',
              '1,,000-123-45%-X,% owls,2020-02-03,2020,journal article,Owls,1234-5678; 2345-678X,Ada Roe; Bo Lee,10.1234/%,31000001\n'),
        three("Cites,Authors,Title,Year,Source,Publisher,ArticleURL,GSRank,Type,DOI\n",
              '7,"A Roe, B Lee",% owls,2020,Owls,Nest,http://a.test/%,1,PDF,10.1234/%\n'),
        "sep=\t\ntitle\tauthors\tdate\nOne owls\tAda Roe\t2.1.2020\nTwo \u0142owls\tBo \u0141ee\tJan 2020\n".encode("utf-16"),
        "title,authors\r\nOne d\u00e9j\u00e0 vu,Andr\u00e9 Roe\r\n".encode("cp1252"),
    ]),
    "nbib": ("pubmed.nbib", [
        three("", "PMID- 31000001\nOWN - NLM\nSTAT- MEDLINE\nDCOM- 20200301\nIS  - 1234-5678 (Print)\nVI  - 4\nIP  - 2\nDP  - 2020 "
              "Feb 3\nTI  - % [owls] at night.\nPG  - 11-19\nLID - 10.1234/% [doi]\nAB  - BACKGROUND: Words of\n      owls.\nCI  "
              "- (c) 2020.\nFAU - Roe, Ada\nAU  - Roe A\nAD  - Nest, Pond.\nCN  - The Society\nLA  - eng\nPT  - Journal Article\n"
              "PT  - Retracted Publication\nRIN - Owls. 2021 Jan;5(1):2. PMID: 32000001\nJT  - Owls\nMH  - *Birds/genetics\nOT  - "
              "night\nEDAT- 2020/02/04 06:00\nAID - 10.1234/% [doi]\nPMC - PMC7000001\nSO  - Owls. 2020.\n\n"),
        three("", "PMID- 31000001\nBTI - The Book of %\nCTI - % owls\nPB  - Nest\nFED - Lee, Bo\nISBN- 9780000000002\nEN  - 2nd\n"
              "DP  - 1998 Nov-Dec\nCRDT- 2020/02/04\nPT  - Review\n\n"),
        three('<?xml version="1.0"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "http://a.test/x.dtd">\n'
              "<PubmedArticleSet>", '<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">31000001</PMID><Article><Journal>'
              '<ISSN IssnType="Print">1234-5678</ISSN><JournalIssue><Volume>4</Volume><Issue>2</Issue><PubDate><Year>2020</Year><Month>'
              "Feb</Month></PubDate></JournalIssue><Title>Owls</Title></Journal><ArticleTitle>% <i>owls</i></ArticleTitle><Pagination>"
              '<MedlinePgn>11-9</MedlinePgn></Pagination><ELocationID EIdType="doi">10.1234/%</ELocationID><Abstract><AbstractText '
              'Label="AIM">Words &lt; all.</AbstractText></Abstract><AuthorList><Author><LastName>Roe</LastName><ForeName>Ada</ForeName>'
              "<Suffix>Jr</Suffix></Author><Author><CollectiveName>The Society</CollectiveName></Author></AuthorList><PublicationTypeList>"
              "<PublicationType>Journal Article</PublicationType></PublicationTypeList></Article><MeshHeadingList><MeshHeading>"
              "<DescriptorName>Birds</DescriptorName></MeshHeading></MeshHeadingList><CommentsCorrectionsList><CommentsCorrections "
              'RefType="RetractionIn"><RefSource>Owls. 2021 Feb 6;5:1</RefSource><PMID>32000001</PMID></CommentsCorrections>'
              "</CommentsCorrectionsList></MedlineCitation><PubmedData><History><PubMedPubDate PubStatus=\"entrez\"><Year>2020</Year>"
              '<Month>2</Month><Day>4</Day></PubMedPubDate></History><ArticleIdList><ArticleId IdType="pmc">PMC7000001</ArticleId>'
              "</ArticleIdList></PubmedData></PubmedArticle>", "</PubmedArticleSet>"),
        three("<PubmedArticleSet>", "<PubmedBookArticle><BookDocument><PMID>31000001</PMID><Book><Publisher><PublisherName>Nest"
              "</PublisherName></Publisher><BookTitle>The Book</BookTitle><PubDate><Year>2020</Year></PubDate><Isbn>9780000000002</Isbn>"
              "</Book><ArticleTitle>% owls</ArticleTitle><Abstract><AbstractText>T</AbstractText></Abstract></BookDocument>"
              "</PubmedBookArticle>", "</PubmedArticleSet>"),
    ]),
    "csl": ("items.json", [
        three("[", '{"id": "roe%", "type": "paper-conference", "title": "% <i>owls</i> &amp; mice", "author": [{"family": "Roe", "given": '
              '"Ada", "non-dropping-particle": "de"}, {"literal": "The Society"}], "issued": {"date-parts": [["2020", 2, 3]]}, '
              '"container-title": "Proc. Owls", "page": "11-19", "DOI": "10.1234/%", "ISSN": "1234-5678", "note": "arXiv:2001.00001"}',
              "]", ",\n"),
        three('{"items": [', '{"id": %, "type": "thesis", "title": ["% owls"], "issued": {"raw": "Spring 2020"}, "publisher": "Nest", '
              '"author": [{"name": "Ada Roe", "ORCID": "x"}], "URL": "http://a.test/%", "keyword": "a, b"}'.replace('%, "type', '"%", "type'),
              "]}", ","),
        three("", '{"id": "%", "type": "article-journal", "title": "% owls", "issued": {"literal": "n.d."}, "accessed": {}}\n'),
    ]),
    "jsonl": ("papers.jsonl", [
        three("", '{"title": "% owls", "authors": [{"name": "Ada"}], "year": 2020, "x": {"y": [1]}, "url": "http://a.test"}\n'),
        three("[", '{"title": "% owls", "authors": ["Ada"], "date": 1600000000}', "]", ",\n"),
        three("[", '{"type": "article-journal", "title": "% owls", "author": [{"family": "Roe", "given": "Ada"}], '
              '"issued": {"date-parts": [[2020, 1]]}, "DOI": "10.1234/%"}', "]", ",\n"),
        three('{"status": "ok", "message": {"total-results": 3, "items": [', '{"DOI": "10.1234/%", "title": ["% <sub>2</sub> owls"], '
              '"prefix": "10.1234", "member": "78", "type": "proceedings-article", "abstract": "<jats:p>Text &amp; more</jats:p>", '
              '"author": [{"given": "Ada", "family": "Roe", "sequence": "first", "affiliation": []}, {"name": "The Society"}], '
              '"container-title": ["Owls"], "published": {"date-parts": [[2020, 2]]}, "issued": {"date-parts": [[null]]}, "ISSN": '
              '["1234-5678"], "page": "11-19", "update-to": [{"DOI": "10.1234/x", "type": "retraction", "updated": {"date-parts": '
              '[[2021, 1, 2]]}}], "URL": "http://dx.doi.org/10.1234/%"}', "]}}", ","),
        three('{"data": [', '{"id": "10.1234/%", "type": "dois", "attributes": {"doi": "10.1234/%", "titles": [{"title": "% owls", '
              '"lang": "en"}, {"title": "x", "titleType": "Subtitle"}], "creators": [{"name": "Roe, Ada", "nameType": "Personal", '
              '"givenName": "Ada", "familyName": "Roe"}], "publicationYear": 2020, "publisher": {"name": "Nest"}, "types": '
              '{"resourceTypeGeneral": "Dataset"}, "descriptions": [{"description": "Text", "descriptionType": "Abstract"}], '
              '"dates": [{"date": "2020-02-03/2020-03", "dateType": "Issued"}], "subjects": [{"subject": "owls"}]}}', "]}", ","),
        three('{"total": 3, "offset": 0, "data": [', '{"paperId": "0123456789abcdef0123456789abcdef01234567", "corpusId": 1, '
              '"externalIds": {"DOI": "10.1234/%", "ArXiv": "2001.00001", "ACL": "2020.owls-1.1", "PubMed": "31000001"}, "title": '
              '"% owls", "abstract": null, "venue": "Owls", "year": 2020, "publicationDate": "2020-02-03", "authors": [{"authorId": '
              '"1", "name": "Ada Roe"}], "openAccessPdf": {"url": "http://a.test/x.pdf"}, "tldr": {"text": "t"}, "citationCount": 7, '
              '"journal": {"volume": "4", "pages": "11 - 19"}, "publicationTypes": ["JournalArticle"]}', "]}", ","),
        three('{"hitCount": 3, "resultList": {"result": [', '{"id": "31000001", "source": "MED", "pmid": "31000001", "pmcid": '
              '"PMC7000001", "doi": "10.1234/%", "title": "% owls.", "authorString": "Roe A, Lee B.", "authorList": {"author": '
              '[{"fullName": "Roe A", "firstName": "Ada", "lastName": "Roe"}, {"collectiveName": "The Society"}]}, "pubYear": "2020", '
              '"abstractText": "<h4>Aim</h4>Text", "journalInfo": {"volume": "4", "journal": {"title": "Owls", "issn": "1234-5678"}}, '
              '"firstPublicationDate": "2020-02-03", "pubTypeList": {"pubType": ["Journal Article"]}}', "]}}", ","),
        three('{"messages": [{"status": "ok"}], "collection": [', '{"doi": "10.1101/2020.01.02.%", "title": "% owls", "authors": '
              '"Roe, A.; Lee, B.", "author_corresponding": "Ada Roe", "date": "2020-02-03", "version": "2", "type": "new results", '
              '"license": "cc_by", "category": "zoology", "abstract": "Text", "published": "NA", "server": "biorxiv"}', "]}", ","),
        three('{"result": {"hits": {"@total": "3", "hit": [', '{"@score": "1", "info": {"authors": {"author": [{"@pid": "1", "text": '
              '"Ada Roe 0001"}]}, "title": "% owls.", "venue": ["Owls"], "year": "2020", "type": "Journal Articles", "key": '
              '"journals/owls/Roe%", "doi": "10.1234/%", "ee": ["https://arxiv.org/abs/2001.00001"], "pages": "11-19"}}', "]}}}", ","),
        three('{"response": {"docs": [', '{"bibcode": "2020Owls....4...1%", "title": ["% owls"], "author": ["Roe, Ada"], "doctype": '
              '"eprint", "pub": "Owls", "pubdate": "2020-02-00", "identifier": ["arXiv:2001.00001"], "page": ["11"]}', "]}}", ","),
        three("", '{"title": {"textEnglish": "% owls"}, "abstract": {"textEnglish": "Text"}, "authors": '
              '[{"name": {"surname": "Roe", "given_name": "Ada"}}], "pubDate": {"electrDate": "2020-02-03"}, "publication": {"pubName": '
              '"Owls"}, "persistentIDs": [{"DOI": "10.1234/%"}], "recordData": {}}\n'),
        three("", '{"broadsheet": 1, "id": "a:%", "title": "% owls", "authors": ["Ada Roe"], "names": [{"family": "Roe", "given": '
              '"Ada"}], "kind": "article", "listed": "2020-02-03", "votes": 3, "links": {"pdf": "http://a.test"}, "aliases": ["b:%"], '
              '"status": {"kind": "retracted", "source": "x"}, "source": "page:a", "extra": {"volume": "4"}}\n'),
    ]),
    "page": ("page.txt", [three("", "% owls\n\nText of % in- jected owls. See arXiv:2401.00001.\n\n")]),
    "hf": ("2026-01-02.json", [
        three("[", '{"title": "% owls", "numComments": 1, "publishedAt": "2026-01-02T00:00:00Z", "paper": {"id": '
              '"2601.0000%", "upvotes": 3, "authors": [{"name": "A"}], "summary": "s"}}', "]", ",")]),
    "openreview": ("openreview.json", [
        three('{"notes": [', '{"id": "%", "cdate": 1700000000000, "content": {"title": {"value": "% owls"}, "authors": '
              '{"value": ["A B"]}, "venue": {"value": "X 2026"}}}', "]}", ",")]),
    "openalex": ("openalex.json", [
        three('{"results": [', '{"id": "https://openalex.org/W1", "title": "% owls", "publication_date": "2020-02-01", '
              '"doi": "https://doi.org/10.1234/%", "authorships": [{"author": {"display_name": "A"}}], '
              '"abstract_inverted_index": {"a": [0], "b": [1]}}', "]}", ",")]),
    "arxiv": ("arxiv.xml", [
        three('<feed xmlns="http://www.w3.org/2005/Atom">', "<entry><id>http://arxiv.org/abs/2401.00001v2</id><title>% owls"
              "</title><published>2024-01-02T00:00:00Z</published><summary>s</summary><author><name>Ada Roe</name>"
              "</author><category term='cs.IR'/></entry>", "</feed>")]),
    "acl": ("acl.xml", [
        three('<collection id="2020.owls"><volume id="1" ingest-date="2020-01-02"><meta><booktitle>B</booktitle>'
              "<year>2020</year></meta>", '<paper id="1"><title>% <fixed-case>O</fixed-case>wls</title><author><first>Ada'
              "</first><last>Roe</last></author><url>2020.owls-1.1</url></paper>", "</volume></collection>")]),
    "feed": ("feed.xml", [
        three('<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Owls</title>',
              "<item><title>% owls</title><link>http://a.test/%</link><dc:creator>A B</dc:creator><category>x</category>"
              "<pubDate>Tue, 06 Jan 2026 10:00:00 GMT</pubDate><description>&lt;p&gt;T&lt;/p&gt;</description></item>",
              "</channel></rss>"),
        three('<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>', "<entry><id>urn:x:%</id><title>% owls</title>"
              "<updated>2026-01-05T00:00:00Z</updated><content type='html'>&lt;p&gt;W&lt;/p&gt;</content></entry>", "</feed>"),
    ]),
    "oai": ("oai.xml", [
        three('<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-01-02T00:00:00Z</responseDate><ListRecords>',
              "<record><header><identifier>oai:a.test:%</identifier><datestamp>2026-01-02</datestamp><setSpec>theses</setSpec></header>"
              '<metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
              "<dc:title>% owls &amp; mice</dc:title><dc:creator>Roe, Ada</dc:creator><dc:subject>owls; night</dc:subject><dc:description>"
              "Text &lt;i&gt;of&lt;/i&gt; %</dc:description><dc:publisher>Nest</dc:publisher><dc:contributor>Lee, Bo</dc:contributor>"
              "<dc:date>2026-01-01T08:00:00Z</dc:date><dc:date>2025</dc:date><dc:type>info:eu-repo/semantics/masterThesis</dc:type>"
              "<dc:identifier>https://doi.org/10.1234/%</dc:identifier><dc:identifier>http://a.test/%.pdf</dc:identifier><dc:source>Owls 4 "
              "(2), 11-19. ISSN 1234-5678</dc:source><dc:relation>info:eu-repo/semantics/altIdentifier/doi/10.1234/%</dc:relation>"
              "</oai_dc:dc></metadata></record>", '<resumptionToken completeListSize="9">t|1</resumptionToken></ListRecords></OAI-PMH>'),
        three("<OAI-PMH><ListRecords>", '<record><header><identifier>oai:arXiv.org:2001.00001</identifier><datestamp>2026-01-02'
              "</datestamp></header><metadata><arXivRaw><id>2001.00001</id><submitter>Ada Roe</submitter><version version=\"v1\"><date>"
              "Wed, 1 Jan 2020 10:00:00 GMT</date><size>9kb</size></version><title>% owls</title><authors>Ada Roe, Bo Lee (Nest)</authors>"
              "<categories>cs.IR cs.CL</categories><comments>9 pages</comments><doi>10.1234/%</doi><abstract>Text</abstract></arXivRaw>"
              "</metadata></record>", "</ListRecords></OAI-PMH>"),
        b"<OAI-PMH><error code='noRecordsMatch'>no & nbsp &nbsp; \x0b&#11; records</error></OAI-PMH>",
    ]),
}  # fmt: skip
SEEDS["zotero"] = ("library.rdf", [
    three('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:z="http://www.zotero.org/namespaces/export#" '
          'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:bib="http://purl.org/net/biblio#" xmlns:foaf="http://xmlns.com/foaf/0.1/" '
          'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/">'
          '<bib:Journal rdf:about="urn:issn:1234-5678"><prism:volume>1</prism:volume><dc:title>Owls</dc:title></bib:Journal>',
          '<bib:Article rdf:about="#i%"><z:itemType>journalArticle</z:itemType><dcterms:isPartOf rdf:resource="urn:issn:1234-5678"/>'
          '<bib:authors><rdf:Seq><rdf:li><foaf:Person><foaf:surname>Roe</foaf:surname><foaf:givenName>Ada</foaf:givenName>'
          '</foaf:Person></rdf:li></rdf:Seq></bib:authors><dc:title>% owls</dc:title><dc:date>2020-02-03</dc:date><dc:subject>night'
          '</dc:subject><dc:identifier>DOI 10.1234/%</dc:identifier><dc:description>arXiv:2001.00001</dc:description>'
          '<bib:pages>1-9</bib:pages></bib:Article>', "</rdf:RDF>"),
])  # fmt: skip
SEEDS |= {  # what is read live only, in an answer
    "crossref": ("works.json", SEEDS["jsonl"][1][3:4]),
    "biorxiv": ("preprints.json", SEEDS["jsonl"][1][7:8]),
    "medrxiv": ("preprints.json", SEEDS["jsonl"][1][7:8]),
    "pubmed": ("records.xml", SEEDS["nbib"][1][2:]),
}
LIVE = {"crossref": "query=owls", "biorxiv": "all", "medrxiv": "all", "pubmed": "31000001"}
ENDINGS = {".bib": "bibtex", ".ris": "ris", ".csv": "csv", ".rss": "feed", ".atom": "feed", ".xml": "feed"}
QUERIES = [
    "neural networks", "author:Roe", "author:Kaiming He", 'title:"owls at night" venue:ACL', "since:2020-01 until:2021",
    "graphs -trees", '"exact phrase" OR other', "NOT this AND that", "arXiv:2401.00001v2", "https://doi.org/10.1234/abc",
    "source:arxiv category:cs.IR has:code votes:>3", "C++ GPT-4 R", "深層学習 graphs", "retreival of infromation", "(a OR b) c",
    "https://arxiv.org/abs/2401.00001 and 10.1234/x", "naïve Straße ﬁne", "since:yesterday", "abstract:words -title:owls",
    '-author:"Ada Roe" NOT "night owls" cats AND dogs OR (mice AND "field rats")', "“curly quotes” «angles» -„low“",
    "https://openreview.net/forum?id=abcDEF123 https://aclanthology.org/2020.acl-main.1/ W2741809807 PMC7000001 pmid:31000001",
    "[2401.00016] A title, doi:10.1101/2020.01.02.123456v2.full.pdf (see 10.1234/a(b)c)", "source:arxiv -source:acl has:-pdf",
    "<html><head><title>Three owls</title></head><body><p>Text of owls</p><a href='http://a.test'>more</a></body></html>",
    r"CO<sub>2</sub> &amp; H$_2$O: \'etude of \"{o}wls in $\alpha_{s}$", "10.1234%2Fabc https%3A%2F%2Fdoi.org%2F10.1234",
]  # fmt: skip


@dataclass
class Tally:
    """What happened to the inputs of one kind: how many came out how, the slowest, and each fault once."""

    counts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    peak: float = 0.0
    faults: dict[str, str] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Add what another worker found."""
        self.counts += other.counts
        self.slowest, self.peak = max(self.slowest, other.slowest), max(self.peak, other.peak)
        self.faults = other.faults | self.faults


def mutated(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """A seed with up to six changes: bytes flipped, taken out, repeated, moved, cut off, or taken from another."""
    data = chance.choice(seeds)
    if data[:1] in b"[{" and chance.random() < 0.5 and (changed := _changed_json(chance, data)):
        return changed[:LONGEST]
    if data[:1] == b"<" and chance.random() < 0.5 and (changed := _changed_xml(chance, data)):
        return changed[:LONGEST]
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + int(chance.expovariate(1 / 12)))
        data = CHANGES[chance.randrange(len(CHANGES))](chance, data, start, end, chance.choice(seeds))
    return data[:LONGEST]


CHANGES: list[Callable[[random.Random, bytes, int, int, bytes], bytes]] = [
    lambda c, d, a, b, _: d[:a] + bytes(byte ^ c.randrange(1, 256) for byte in d[a:b]) + d[b:],
    lambda _, d, a, b, __: d[:a] + d[b:],
    lambda _, d, a, b, __: d[:b] + d[a:b] + d[b:],
    lambda c, d, a, b, _: d[:a] + d[a:b] * c.choice((3, 30, 3_000 if c.random() < 0.1 else 9)) + d[b:],
    lambda c, d, a, _, o: d[:a] + o[c.randrange(len(o)) :],
    lambda c, d, a, _, __: d[:a] if c.random() < 0.3 else d,
    lambda c, d, a, b, _: d[:a] + c.choice(NASTY) + d[b:],
    lambda c, d, a, _, __: d[:a] + c.choice(NASTY) + d[a:],
    lambda c, d, *_: b"\n".join(_swapped(c, d.split(b"\n"))),
    lambda c, d, *_: b",".join(_swapped(c, d.split(b","))),
]


def _changed_json(chance: random.Random, data: bytes) -> bytes:
    """JSON with other values in some places, still JSON; nothing for what is none."""
    try:
        values = json.loads(data)
    except ValueError:
        return b""
    for _ in range(chance.randint(1, 4)):
        _set(chance, values)
    return json.dumps(values).replace("Infinity", "1e400").encode()


def _changed_xml(chance: random.Random, data: bytes) -> bytes:
    """XML with other texts, names, attributes and places of some elements, still XML; nothing for what is none."""
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, LookupError, ValueError):
        return b""
    elements = list(root.iter())
    for _ in range(chance.randint(1, 4)):
        one, other = chance.choice(elements), chance.choice(elements)
        change = chance.randrange(7)
        if change == 0:
            one.text = chance.choice(TEXTS)
        elif change == 1:
            one.tag = other.tag
        elif change == 2 and len(one):
            one.remove(one[chance.randrange(len(one))])
        elif change == 3 and len(one):
            one.extend([one[chance.randrange(len(one))]] * chance.choice((1, 3, 10)))
        elif change == 4 and one.attrib:
            one.set(chance.choice(sorted(one.attrib)), chance.choice(TEXTS))
        elif change == 5:
            one.append(deepcopy(other))
        else:
            one.tail, one.text = one.text, other.text
    return ElementTree.tostring(root)


def _swapped(chance: random.Random, parts: list[bytes]) -> list[bytes]:
    one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    parts[one], parts[other] = parts[other], parts[one]
    return parts


class _StuckError(BaseException):
    """An input has had the processor for too long."""


def _break_off(*_: object) -> None:
    raise _StuckError


def judged(tally: Tally, name: str, work: Callable[[], str]) -> None:
    """Do one input and count how it came out."""
    start = time.process_time()
    signal.signal(signal.SIGPROF, _break_off)
    signal.setitimer(signal.ITIMER_PROF, STUCK)
    signal.setitimer(signal.ITIMER_VIRTUAL, LOST)  # its signal ends the process
    try:
        tally.counts[work()] += 1
    except BroadsheetError:
        tally.counts["refused"] += 1
    except _StuckError:
        pass  # counted below, by its time
    except BaseException as error:  # a panic of a library is none of the usual exceptions
        if isinstance(error, KeyboardInterrupt):
            raise
        frame = error.__traceback__
        while frame and frame.tb_next:
            frame = frame.tb_next
        at = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else ""
        _fault(tally, "crashes", f"{type(error).__name__} at {at}", f"{name}: {str(error)[:120]!r}")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    taken, peak = time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    tally.slowest = max(tally.slowest, taken)
    if taken > SLOW:
        _fault(tally, "hangs", f"over {SLOW:g} s", f"{name}: {taken:.1f} s")
    if peak > MOST >= tally.peak:
        _fault(tally, "excesses", f"over {MOST:g} MB", f"{name}: {peak:.0f} MB")
    tally.peak = max(tally.peak, peak)


def _fault(tally: Tally, kind: str, key: str, example: str) -> None:
    tally.counts[kind] += 1
    tally.faults.setdefault(f"{kind}: {key}", example)


def _numbers(part: tuple[int, int, int], what: str) -> Iterator[tuple[str, random.Random]]:
    """Names of a part's inputs, each with its own chance: the same for the same seed, whatever the number of workers."""
    seed, start, end = part
    for number in range(start, end):
        yield f"{what} {number}", random.Random(f"{seed} {what} {number}")


def records(kind: str, seeds: tuple[str, list[bytes]], part: tuple[int, int, int]) -> Tally:
    """Read changed files with one reader. What is registered is looked up once, not for each of them."""
    tally, (title, texts) = Tally(), seeds
    once = patch.object(names, "entry_points", cache(names.entry_points))
    with once, tempfile.TemporaryDirectory() as folder:
        read = _reader(kind, Path(folder) / title)
        for name, chance in _numbers(part, kind):
            data = mutated(chance, texts)
            title = chance.choice(TITLES)
            judged(tally, name, lambda data=data, title=title: read(data, title))
    return tally


class _Answer:
    """A client that gives one answer to the first request, whatever its address, and an empty page to others."""

    contact = ""

    def __init__(self, data: bytes) -> None:
        self._body = data

    def get(self, url: str, **_: Any) -> Response:
        body, self._body = self._body, b'{"message": {"items": []}, "collection": []}'
        return Response(200, {}, body, url)


def _reader(kind: str, path: Path) -> Callable[[bytes, str], str]:
    """Return what is done with bytes, and for uploads and recognition with the name of a file."""
    if kind in PLAIN:
        return PLAIN[kind]
    if kind in LIVE:
        return lambda data, _: _outcome(names.source(f"{kind}:{LIVE[kind]}", client=_Answer(data)).fetch(None))
    path.write_bytes(b"")
    source = names.source(f"{kind}:{path}")

    def read(data: bytes, _: str) -> str:
        path.write_bytes(data)
        return _outcome(source.fetch(None))

    return read


def _recognised(data: bytes, title: str) -> str:
    kind = kind_of(data, title)
    typed = data[:TYPED].decode("utf-8", "replace")
    lookup(typed)
    full_name(typed, files=False)
    return "read" if kind else "none"


def _compared(data: bytes, _: str) -> str:
    """Make a text readable and plain; ValueError where the readable form of a readable text is another one."""
    text = data.decode("utf-8", "replace")
    shown = readable(text)
    if readable(shown) != shown:
        raise ValueError("the readable form has another readable form")
    plain(text)
    return "read"


PLAIN: dict[str, Callable[[bytes, str], str]] = {
    "upload": lambda data, title: _outcome(read_library(data, title)),
    "recognise": _recognised,
    "text": _compared,
}
"""What takes any bytes, without a source."""
TITLES = ["", "file", "papers.txt", *(title for title, _ in SEEDS.values())]


def _outcome(read: Any) -> str:
    found = list(read)
    if not all(isinstance(each, Document | BadRecord) for each in found):
        raise TypeError("neither a Document nor a BadRecord")
    return "papers" if any(isinstance(each, Document) for each in found) else "none"


def queries(folder: str, part: tuple[int, int, int]) -> Tally:
    """Parse and search changed queries."""
    tally = Tally()
    seeds = [query.encode() for query in QUERIES]
    with open_collection(folder, encoder="hash") as collection:
        for name, chance in _numbers(part, "query"):
            query = mutated(chance, seeds)[: chance.choice((60, 300, 20_000))].decode("utf-8", "replace")

            def work(query: str = query) -> str:
                ask(query, with_operators=True)
                parted(query)
                return "papers" if len(search(collection, query, k=5)) else "none"

            judged(tally, name, work)
    return tally


def folders(made: str, part: tuple[int, int, int]) -> Tally:
    """Read changed model folders as far as a graph, and encode with what is static."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as place:
        for name, chance in _numbers(part, "folder"):
            kind = chance.choice(("bert", "static"))
            folder = Path(place) / "m"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(Path(made) / kind, folder)
            _harmed(chance, folder)
            judged(tally, name, lambda kind=kind, folder=folder: _model(kind, folder))
    return tally


def _model(kind: str, folder: Path) -> str:
    texts = ["a" * 3_000, "graph paper, and words. " * 30, ""]
    if kind == "static":
        vectors = StaticEncoder(folder, name="static:m").encode(texts)
        if not np.isfinite(vectors).all():
            raise ValueError("a vector is not finite")
    else:
        encoder = BertEncoder(folder, name="bert:m", version="m")
        encoder.tokens(texts)
        read_weights(encoder.facts)
    return "read"


def _harmed(chance: random.Random, folder: Path) -> None:
    """Change one file of a folder: its bytes, or one value of its JSON."""
    path = chance.choice(sorted(each for each in folder.rglob("*") if each.is_file()))
    if path.suffix == ".json" and chance.random() < 0.7:
        values = json.loads(path.read_text())
        for _ in range(chance.randint(1, 3)):
            _set(chance, values)
        path.write_text(json.dumps(values).replace("Infinity", "1e400"))
    elif path.suffix == ".safetensors" and chance.random() < 0.5:
        tensors = load_file(path)
        name = chance.choice(sorted(tensors))
        kind = chance.choice(["f2", "f8", "i1", "u1", "i8", "c8", "?"])
        tensors[name] = chance.choice([tensors[name].astype(kind), tensors[name].reshape(-1), tensors[name] * np.nan])
        save_file(tensors, path)
    else:
        path.write_bytes(mutated(chance, [path.read_bytes()]))


VALUES = [
    None,
    True,
    -1,
    0,
    1,
    3,
    7,
    10**9,
    10**30,
    1.5,
    float("inf"),
    "",
    "x",
    "bert",
    "x" * 5_000,
    [],
    [1],
    ["gelu"],
    {},
    {"a": 1},
]
STEPS = [
    {"type": "Precompiled", "precompiled_charsmap": "AAAA"}, {"type": "Lowercase"}, {"type": "NFKC"}, {"type": "Prepend", "prepend": "▁"},
    {"type": "Replace", "pattern": {"String": "a"}, "content": "a" * 16}, {"type": "ByteLevel", "add_prefix_space": True},
    {"type": "Replace", "pattern": {"Regex": "(a+)+b"}, "content": ""}, {"type": "Metaspace", "replacement": "▁"},
    {"type": "Split", "pattern": {"Regex": "(a|aa)+$"}, "behavior": "Isolated", "invert": False}, {"type": "Whitespace"},
]  # fmt: skip


def _set(chance: random.Random, values: Any) -> None:
    """Walk down at random and put another value, or a list of steps, in a place."""
    place = values
    while isinstance(place, dict | list) and place:
        key = chance.choice(sorted(place) if isinstance(place, dict) else range(len(place)))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or chance.random() < 0.4:
            steps = [chance.choice(STEPS) for _ in range(chance.randint(1, 7))]
            sequence = {"type": "Sequence", "normalizers": steps, "pretokenizers": steps}
            place[key] = deepcopy(sequence if chance.random() < 0.3 else chance.choice(VALUES))
            return
        place = inner


def seeds_of() -> dict[str, tuple[str, list[bytes]]]:
    """The seeds of every registered reader, and of what reads any bytes. One without its own gets those of all."""
    known = {kind: (title, list(texts)) for kind, (title, texts) in SEEDS.items()}
    every = [text for _, texts in SEEDS.values() for text in texts]
    for kind in names.known(names.SOURCES):
        known.setdefault(kind, (f"input.{kind}", every))
    real: dict[str, list[bytes]] = {}
    for kind, text in _real():
        real.setdefault(kind, []).append(text)
    for kind, some in real.items():  # as many of our own, since a piece of JSON or XML is broken from the start
        title, own = known[kind]
        known[kind] = (title, own * max(1, len(some) // len(own)) + some)
    every = [*dict.fromkeys(text for _, texts in known.values() for text in texts)]
    typed = [query.encode() for query in QUERIES]
    return known | {"upload": ("", every), "recognise": ("", every + typed), "text": ("", every + typed)}


def _real() -> Iterator[tuple[str, bytes]]:
    """Beginnings of the real samples, for the readers that their names tell."""
    folder = DATA / "feeds"
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.name.endswith(".tar.gz"):
            with tarfile.open(path) as archive:
                files = [each for each in archive if each.isfile() and Path(each.name).suffix in ENDINGS][:60]
                for each in files:
                    data = archive.extractfile(each)
                    if data:
                        yield ENDINGS[Path(each.name).suffix], data.read(PIECE)
        elif path.name.startswith("acl_"):
            yield "acl", path.read_bytes()[:PIECE]
        elif path.suffix == ".gz":
            kind = {"arxiv": "arxiv", "papers": "bibtex"}.get(
                path.name[:6].rstrip("_"), "hf" if "hf" in str(path.parent) else ""
            )
            if kind:
                with gzip.open(path) as file:
                    yield kind, file.read(PIECE)


def make_models(folder: Path) -> None:
    """Write a sound folder of either kind: a BERT of one layer, and a table of vectors."""
    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        *"abcdefghijklmnopqrstuvwxyz.,",
        *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz"),
    ]
    tokenizer = Tokenizer(models.WordPiece({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.BertNormalizer(lowercase=True), normalizers.Replace("``", '"')]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    size, random_ = 8, np.random.default_rng(1)
    config = {
        "model_type": "bert", "hidden_size": size, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16,
        "vocab_size": len(words), "max_position_embeddings": 40, "type_vocab_size": 2, "hidden_act": "gelu",
        "layer_norm_eps": 1e-12, "pad_token_id": 0,
    }  # fmt: skip
    for kind in ("bert", "static"):
        (folder / kind / "1_Pooling").mkdir(parents=True)
        tokenizer.save(str(folder / kind / "tokenizer.json"))
        (folder / kind / "config.json").write_text(json.dumps(config if kind == "bert" else {"max_length": 64}))
    (folder / "bert" / "sentence_bert_config.json").write_text('{"max_seq_length": 12, "do_lower_case": false}')
    (folder / "bert" / "1_Pooling" / "config.json").write_text('{"pooling_mode_mean_tokens": true}')
    (folder / "bert" / "config_sentence_transformers.json").write_text('{"prompts": {"query": "q: "}}')
    steps = [
        {"path": path, "type": f"sentence_transformers.models.{kind}"}
        for path, kind in (("", "Transformer"), ("1_Pooling", "Pooling"))
    ]
    (folder / "bert" / "modules.json").write_text(json.dumps(steps))
    facts = BertEncoder(_with_weights(folder / "bert", {}), name="bert:m", version="m").facts
    shapes = facts.family.layout(facts.shape)
    _with_weights(folder / "bert", {name: random_.normal(size=shape).astype("f4") for name, shape in shapes.items()})
    _with_weights(folder / "static", {"embeddings": random_.normal(size=(len(words), 4)).astype("f4")})


def _with_weights(folder: Path, tensors: dict[str, Any]) -> Path:
    save_file(tensors, folder / "model.safetensors")
    return folder


def parts(seed: int, total: int) -> list[tuple[int, int, int]]:
    """The inputs from 0 to ``total`` in parts for the workers."""
    return [(seed, start, min(start + CHUNK, total)) for start in range(0, total, CHUNK)]


def run(
    pool: ProcessPoolExecutor, name: str, work: Callable[..., Tally], given: Any, some: list[tuple[int, int, int]]
) -> Tally:
    """Do all parts of one kind, and print its line."""
    start, tally = time.perf_counter(), Tally()
    for each in pool.map(work, *(repeat(value) for value in given), some):
        tally.add(each)
    outcomes = " ".join(f"{tally.counts[key]:>9,}" for key in ("papers", "read", "none", "refused", "crashes", "hangs"))
    taken = time.perf_counter() - start
    print(
        f"{name:12} {sum(end - begin for _, begin, end in some):>9,} {outcomes} {tally.slowest * 1e3:>9,.0f} {tally.peak:>6,.0f} {taken:>7,.0f}",
        flush=True,
    )
    for fault, example in tally.faults.items():
        print(f"    {fault} ({example})", flush=True)
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (
        ("inputs", 950_000),
        ("queries", 45_000),
        ("folders", 5_000),
        ("seed", SEED),
        ("jobs", os.cpu_count() or 1),
    ):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--only", default="", help="one reader, or query or folder")
    wanted = parser.parse_args()
    seeds, start, total = seeds_of(), time.perf_counter(), Tally()
    real = f"; real samples from {DATA / 'feeds'}" if (DATA / "feeds").is_dir() else "; no real samples"
    head(
        "Fuzz", f"broadsheet {__version__}, {versions('feedparser', 'tantivy', 'tokenizers', 'safetensors')}",
        f"seed {wanted.seed}, {wanted.jobs} workers; {len({text for _, texts in seeds.values() for text in texts}):,} seed texts{real}",
    )  # fmt: skip
    print(
        f"{'what':12} {'inputs':>9} {'papers':>9} {'read':>9} {'none':>9} {'refused':>9} {'crashes':>9} {'hangs':>9} {'worst ms':>9} {'MB':>6} {'s':>7}"
    )
    whole = sum(SHARES.get(kind, 1.0) for kind in seeds)
    with tempfile.TemporaryDirectory() as place, ProcessPoolExecutor(wanted.jobs, get_context("spawn")) as pool:
        with open_collection(Path(place) / "c", encoder="hash") as collection:
            shelf.add(collection, now=datetime(2026, 1, 1, tzinfo=UTC))
            sync(collection)
        make_models(Path(place) / "models")
        jobs = [
            (kind, records, (kind, texts), -int(-wanted.inputs * SHARES.get(kind, 1.0) // whole))
            for kind, texts in seeds.items()
        ]
        jobs += [
            ("query", queries, (str(Path(place) / "c"),), wanted.queries),
            ("folder", folders, (str(Path(place) / "models"),), wanted.folders),
        ]
        try:
            for name, work, given, count in jobs:
                if wanted.only in ("", name):
                    total.add(run(pool, name, work, given, parts(wanted.seed, count)))
        except BrokenProcessPool:
            print(f"    a worker died, or hung in a library for {LOST} s of the processor")
            return 1
    counts = total.counts
    faults = counts["crashes"] + counts["hangs"] + counts["excesses"]
    print(f"\n{counts['crashes']:,} crashes, {counts['hangs']:,} hangs over {SLOW:g} s, {counts['excesses']:,} workers over {MOST:g} MB; "
          f"slowest {total.slowest * 1e3:,.0f} ms, most memory {total.peak:,.0f} MB; {time.perf_counter() - start:,.0f} s, seed {wanted.seed}")  # fmt: skip
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
